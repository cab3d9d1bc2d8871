"""Documents as YAML that people read: keys in our order, expressions of several lines as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml


def written(document: dict[str, Any], *remarks: str) -> str:
    """The document below its remarks."""
    import yaml

    class Plain(yaml.SafeDumper):
        """Every node is written out: what is the same twice is not referred to."""

        def ignore_aliases(self, data: Any) -> bool:
            del data
            return True

    Plain.add_representer(str, _text)
    head = "".join(f"# {line}\n" for line in remarks)
    return head + yaml.dump(document, Dumper=Plain, sort_keys=False, width=1000, allow_unicode=True)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
    )
