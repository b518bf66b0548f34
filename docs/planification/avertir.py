"""Envoie par courriel l'issue d'une exécution de `pvd`, reçue en JSON sur l'entrée standard (`pvd rapports --notifier`).

python docs/planification/avertir.py SERVEUR[:PORT] ADRESSE
"""

import json
import smtplib
import sys
from email.message import EmailMessage


def mail(told: dict, address: str) -> EmailMessage:
    """Return the mail that says what was told: one line for each département, then the reason of a failure."""
    lines = []
    for one in told.get("departements", []):
        findings = one.get("manifeste", {}).get("constats", {})
        counted = ", ".join(f"{count} {severity}" for severity, count in findings.items())
        lines.append(f"{one['departement']} : {one['etat']}. {one.get('raison') or f'Constats : {counted or 0}.'}")
    message = EmailMessage()
    message["Subject"] = " ".join(
        part for part in ("PVD :", told["commande"], told.get("trimestre", ""), "–", told["etat"]) if part
    )
    message["From"] = message["To"] = address
    message.set_content("\n".join([*lines, told.get("raison", "")]).strip() + "\n")
    return message


def main() -> None:
    """Send the mail through the server to the address of the command line."""
    server, address = sys.argv[1:]
    host, _, port = server.partition(":")
    told = json.loads(sys.stdin.buffer.read())
    with smtplib.SMTP(host, int(port or 25), timeout=30) as smtp:
        smtp.send_message(mail(told, address))


if __name__ == "__main__":
    main()
