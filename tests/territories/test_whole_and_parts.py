"""Whatever classeurs say: a whole is the sum of its parts, nothing is lost, nothing belongs to another, and nothing raises.

Each example is a project of its own: five départements of a region and their lists, made up, consistent or not.
"""

import datetime as dt
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import pvd_analysis as pvd
from pvd_analysis import analysis
from pvd_analysis.dataset import known_before, load_country, load_region, prepared
from tests.territories.classeurs import (
    DGCL_HEADER,
    PVD_HEADER,
    aide,
    deliver_classeur,
    deliver_text,
    laureats,
    new_project,
    poste,
    projet,
    total,
)

REGION = "76"
# A project takes half a second: to shrink one would take minutes, and an example says itself what is in it.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
TOWNS = {
    "32": {"Mirande": "32256", "Nogaro": "32296", "Fleurance": "32132"},
    "65": {"Lannemezan": "65258", "Argelès-Gazost": "65025", "Vic-en-Bigorre": "65460"},
    "09": {"Mirepoix": "09194", "Lavelanet": "09160", "Saverdun": "09282"},
    "81": {"Graulhet": "81105", "Lisle-sur-Tarn": "81145", "Réalmont": "81222"},
    "82": {"Moissac": "82112", "Caussade": "82037", "Beaumont-de-Lomagne": "82013"},
}
DAYS = st.sampled_from(
    [None, *(dt.date(2021, *day) for day in ((3, 1), (8, 5), (9, 30), (10, 1), (12, 20))), dt.date(2022, 2, 1)]
)
NUMBERS = st.sampled_from(["P1", "1", "001", "P\N{NON-BREAKING HYPHEN}1"])
EUROS = st.integers(0, 10**9).map(lambda cents: cents / 100)
STATUSES = st.sampled_from(["demandé", "annoncée", "accordé", "payée", "refusé", "abandonné", "peut-être", None])
KINDS = st.sampled_from(
    [("État", "DETR"), ("État", "DSIL"), ("CD 32", "CD32"), ("Maître d'ouvrage", "Autofinancement"), ("CdC", "EPCI")]
)
POST_STATES = st.sampled_from(["recruté", "en cours", "vacant", "à voir"])


@st.composite
def told(draw, code):
    """What one classeur says of its département."""
    towns = st.sampled_from([*TOWNS[code], "Trifouilly"])
    financings = [
        {
            **aide(draw(NUMBERS), what, draw(EUROS), draw(STATUSES), date_decision=draw(DAYS), date_annonce=draw(DAYS)),
            "financeur": who,
        }
        for who, what in draw(st.lists(KINDS, max_size=4))
    ]
    return {
        "laureats": laureats(*draw(st.lists(st.sampled_from(list(TOWNS[code])), min_size=1, max_size=3, unique=True))),
        "conventions": [
            {"code_commune": town, "type_convention": kind, "date_signature": draw(DAYS)}
            for town, kind in draw(st.lists(st.tuples(towns, st.sampled_from(["adhésion", "convention-cadre"])), max_size=3))
        ],
        "projets": [
            projet(number, draw(towns), f"Halle {number}", cout_ht_cents=draw(st.none() | EUROS), date_annonce=draw(DAYS))
            for number in draw(st.lists(NUMBERS, max_size=3))
        ],
        "financements": financings,
        "totaux_annonces": [
            total(what, draw(EUROS), draw(DAYS))
            for what in draw(st.lists(st.sampled_from(["DETR", "DSIL", "Fonds de concours ingénierie", "Fonds vert"]), max_size=3))
        ],
        "postes": [
            poste(number, " / ".join(draw(st.lists(towns, min_size=1, max_size=2))), draw(POST_STATES), draw(DAYS), date_fin=draw(DAYS))
            for number in draw(st.lists(NUMBERS, max_size=3))
        ],
        "club": [
            {"date_action": draw(DAYS), "type_rencontre": "réunion", "objet": draw(st.sampled_from(["Tableau de bord", None])), "etat_action": state}
            for state in draw(st.lists(st.sampled_from(["réalisée", "programmée", "annulée"]), max_size=2))
        ],
    }  # fmt: skip


@st.composite
def dgcl_lines(draw):
    """Lines of a national list: of communes, of EPCI, filed anywhere."""
    bodies = [
        (code, "commune", name, insee) for code, towns in TOWNS.items() for name, insee in towns.items()
    ] + [("32", "EPCI", "CC Astarac", ""), ("40", "syndicat", "SYNDICAT", "32256")]  # fmt: skip
    siren = {"CC Astarac": "243200425"}
    return [
        f"2020;{draw(st.sampled_from(['DETR', 'DSIL']))};119;{kind};{siren.get(name, '')};{draw(st.sampled_from([code, '33', '99']))};"
        f"{name};{insee};Halle;{draw(EUROS)};{draw(EUROS)};"
        for code, kind, name, insee in draw(st.lists(st.sampled_from(bodies), max_size=5))
    ]


PROJECTS = st.fixed_dictionaries(
    {
        "classeurs": st.tuples(*(told(code) for code in TOWNS)),
        "newer": st.one_of(*(st.tuples(st.just(code), told(code)) for code in TOWNS)),
        "lines": dgcl_lines(),
        "quarter": st.sampled_from(["2021-T2", "2021-T3", "2021-T4", "2022-T1"]),
        "rank": st.integers(0, 3),
    }
)
# What adds up: of a whole, the sum over its départements.
ADDED = {
    "announced total": analysis.announced_total_cents,
    "known aids": analysis.known_aids_cents,
    "announced, by dispositif": lambda d: analysis.coverage(d)["annonce_cents"].sum(),
    "detail inside the totals": lambda d: analysis.coverage(d)["detail_cents"].sum(),
    "aids": lambda d: analysis.aids(d)["montant_cents"].sum(),
    "aids inside": lambda d: analysis.aids_by(d, "dispositif")["aides_dans_total_cents"].sum(),
    "aids outside": lambda d: analysis.sectoral_aids(d)["montant_cents"].sum(),
    "provision": lambda d: analysis.provision(d)["montant_cents"].sum(),
    "asked": lambda d: analysis.projects_to_examine(d)["demande_cents"].sum(),
    "dated after": lambda d: analysis.dated_after(d)["montant_cents"].sum(),
    "listed aids": lambda d: analysis.listed_aids(d)["montant_cents"].sum(),
    "listed aids of EPCI": lambda d: analysis.listed_epci_aids(d)["montant_cents"].sum(),
    "envelope": lambda d: analysis.envelope_shares(d)["departement_cents"].sum(),
    "doubtful places": lambda d: analysis.doubtful_places(d)["montant_cents"].sum(),
    "laureates": lambda d: len(d.laureats),
    "without post": lambda d: len(analysis.communes_without_post(d)),
    **{f"{name} posts": lambda d, name=name: getattr(analysis.post_counts(d), name) for name in ("identified", "shared", "recruited", "under_way", "vacant")},
    **{
        f"conventions « {state} »": lambda d, state=state: int(analysis.convention_states(d)["etat_convention"].eq(state).sum())
        for state in analysis.STATES
    },
}  # fmt: skip
INDICATORS = [
    "Aides connues", "Conventions d'adhésion signées", "Conventions-cadre valant ORT signées",
    "Échéances de convention-cadre dépassées", "Postes de chef de projet pourvus",
    "Communes servies par un poste identifié", "Communes servies par un poste pourvu",
]  # fmt: skip
OF_ONE = [
    "agenda", "alerts", "aids", "announced_families", "announced_totals", "club", "convention_states", "coverage",
    "current_opinions", "dashboard", "entered_indicators", "funding_plans", "indicator_course", "laureate_list",
    "listed_aids_by_year", "listed_aids_per_inhabitant", "listed_aids_per_inhabitant_by_epci", "opinion_journal", "plan_lines", "posts", "posts_over_time",
    "projects_to_examine", "proposals_over_margin", "repeated_projects", "rule_margins", "rule_trace", "served_communes", "source_ages", "state_counts",
    "territory", "training",
]  # fmt: skip


@pytest.fixture(scope="module")
def projects(tmp_path_factory):
    """Two projects that all examples share: the reference list is the longest to read."""
    return tuple(new_project(tmp_path_factory.mktemp(name)) for name in ("seul", "avec"))


def delivered(project, said, only=None):
    """Deliver what an example says, in place of what the one before had said."""
    for folder in (*(project / "data" / "raw").glob("20*"), project / "data" / "processed"):
        shutil.rmtree(folder, ignore_errors=True)
    for code, tables in zip(TOWNS, said["classeurs"], strict=True):
        if only in (None, code):
            deliver_classeur(project, "2021-09-10", f"suivi_{code}.xlsx", code, **tables)
    code, tables = said["newer"]
    if only in (None, code):
        deliver_classeur(project, "2022-01-10", f"suivi_{code}.xlsx", code, **tables)
    listed = [
        f"{insee},{name},pvd-{insee},2021-06-0{rank}"
        for towns in TOWNS.values()
        for rank, (name, insee) in enumerate(towns.items(), 1)
    ]
    deliver_text(project, "2021-09-01", "liste_pvd.csv", PVD_HEADER, *listed)
    deliver_text(project, "2021-09-01", "dgcl_2020.csv", DGCL_HEADER, *said["lines"])
    return project


def indicators(d):
    table = analysis.computed_indicators(d).set_index("indicateur")["valeur"]
    return {name: table[name] for name in INDICATORS}


def check_sums(whole, parts, rank):
    # a quarter of the figures each time: all of them are, many times over
    for name, figure in list(ADDED.items())[rank::4]:
        assert figure(whole) == sum(figure(part) for part in parts), name
    of_parts = [indicators(part) for part in parts]
    for name, value in indicators(whole).items():
        known = [each[name] for each in of_parts if pd.notna(each[name])]
        assert (sum(known) == value) if known else pd.isna(value), name


def check_laureates(d):
    aids, plans = analysis.aids(d), analysis.funding_plans(d)
    for code, laureate in zip(*(analysis.laureate_list(d)[name] for name in ("code_laureat", "laureat")), strict=True):
        one = analysis.of_laureate(d, code)
        own = aids[aids["laureat"].eq(laureate)]
        mine = analysis.aids(one)
        assert mine["montant_cents"].to_list() == own["montant_cents"].to_list()
        assert mine["dans_total"].to_list() == own["dans_total"].to_list()
        assert (
            analysis.funding_plans(one)["marge_legale_cents"].fillna(-1).to_list()
            == plans.loc[plans["laureat"].eq(laureate), "marge_legale_cents"].fillna(-1).to_list()
        )
        states = analysis.convention_states(d)
        assert (
            analysis.convention_states(one)["etat_convention"].to_list()
            == states.loc[states["laureat"].eq(laureate), "etat_convention"].to_list()
        )
        assert analysis.announced_total_cents(one) == 0


def check_changes(d, before):
    found = analysis.changes(d, before)
    reckoning = analysis.changes_reckoning(found, d, before)
    parts = [name for name in reckoning if name.endswith("_cents") and name not in ("avant_cents", "apres_cents")]
    assert (reckoning["avant_cents"] + reckoning[parts].sum(axis="columns") == reckoning["apres_cents"]).all()


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(said=PROJECTS)
def test_a_whole_is_the_sum_of_its_parts_whatever_the_classeurs_say(projects, said):
    project = delivered(projects[0], said)
    preparation = prepared(project)
    assert not {"schema", "bilan_faux"} & set(preparation.constats["regle"])
    for read, kept, aside in (
        ("lignes_lues", "lignes_gardees", "lignes_ecartees"),
        ("euros_lus_cents", "euros_gardes_cents", "euros_ecartes_cents"),
    ):
        assert (preparation.bilan[read] == preparation.bilan[kept] + preparation.bilan[aside]).all()
    for name, table in preparation.tables.items():
        assert table["code_departement"].notna().all(), name
    parts = [pvd.load(said["quarter"], code, racine=project) for code in TOWNS]
    check_sums(load_region(said["quarter"], REGION, racine=project), parts, said["rank"])
    if said["quarter"] == "2022-T1":
        check_sums(load_country(said["quarter"], racine=project), parts, said["rank"])
    if said["rank"]:  # all analyses of a quarter of the projects: they are most of the time
        return
    # the one whose classeur was delivered twice
    (d,) = [part for part in parts if part.code_departement == said["newer"][0]]
    for name in OF_ONE:
        getattr(analysis, name)(d)
    check_laureates(d)
    check_changes(d, d.at(d.trimestre.previous))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), phases=PHASES)
@given(said=PROJECTS, code=st.sampled_from(list(TOWNS)))
def test_a_departement_is_the_same_alone_and_beside_others(projects, said, code):
    alone, beside = (
        pvd.load(said["quarter"], code, racine=delivered(project, said, only))
        for project, only in zip(projects, (code, None), strict=True)
    )
    for name, table in alone.tables.items():
        pd.testing.assert_frame_equal(table, beside.tables[name], obj=name)
    for name in ("fichiers", "bilan", "constats", "ecartees"):
        pd.testing.assert_frame_equal(getattr(alone, name), getattr(beside, name), obj=name)
    before = known_before(alone)
    if before is not None:
        check_changes(alone, before)
