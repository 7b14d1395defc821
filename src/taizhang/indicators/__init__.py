"""Declared formulas compiled to SQL, evaluated by unit and period, traced back to rows."""
