"""Programs that Trivigil starts, load tools and scanners alike: installed, started, bounded in time, and always stopped."""
