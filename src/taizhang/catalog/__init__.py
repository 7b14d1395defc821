"""Packs: YAML that declares registers, lifecycles, indicators, checks, options, roles and reports."""
