"""Reports: notebooks executed by papermill, their pages, their campaigns, and what is said of each run."""
