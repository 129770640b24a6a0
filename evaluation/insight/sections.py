"""The way to the results."""

from communities.core.navigation import place

place("office", "Results", "evaluation:home", order=70, shown=lambda user: user.has_perm("evaluation.view_results"))
