"""The questions asked of all awards: money, outcomes, people, completeness."""
