"""The state behind the calls: people, apps, repositories. Each subject keeps its own records."""
