"""GitHub's own description of its API, as checks of every request and every answer.

`models` needs Python alone; `document` and `schema` join in where the published documents are found.
"""
