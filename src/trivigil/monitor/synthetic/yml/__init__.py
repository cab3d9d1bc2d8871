"""The language of `*.yml` and `*.yaml` check files: YAML that is translated into the one model."""
