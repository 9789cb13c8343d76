#!/bin/sh
# The work pool, its one limit shared by every deployment, and the deployments. Run again after an upgrade.
# From the repository's root, with PREFECT_API_URL and CULTURE_KPIS_HOME set.
set -eu
prefect work-pool create culture-kpis --type process --overwrite
prefect work-pool set-concurrency-limit culture-kpis 1
prefect --no-prompt deploy --all --prefect-file deployments/prefect.yaml
