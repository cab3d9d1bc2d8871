"""Our composite actions executed for real: nektos act in host mode, against the GitHub double.

    consumer (a team's repository: workflow, results, budgets)
      -> bench (act, its isolated folders, what a run left behind)
      -> github_double (real HTTP on loopback, in this process)

What act does otherwise than GitHub's runner, and what follows for these tests:

- `matrix` is empty inside a composite action, so the legs of a matrix are given their names.
- The environment holds INPUT_* inside composite steps; nothing of ours may read it.
- A token has no permissions of its own: the double decides by the token it gave out.
- `--insecure-secrets` takes away act's masking, so that a token in the log is seen.
"""
