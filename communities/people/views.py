"""The signed-in person's own pages, the pages about the site, and the demonstration's doors."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.core.clock import now
from communities.core.sections import assemble
from communities.people import operations
from communities.people.forms import DetailsForm
from communities.people.models import Person, User
from communities.people.sign_in import demonstration_allowed, is_of_the_cast

HELP = {
    "contact": "Help and contact",
    "accessibility": "Accessibility statement",
    "privacy": "How we use what you tell us",
    "cookies": "Cookies",
}


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What waits for the person who is signed in, gathered from all rooms."""
    user = request.user
    return render(request, "communities/people/home.html", {"parts": assemble("home", [user], user)[user.pk]})


@require_http_methods(["GET", "POST"])
def your_details(request: HttpRequest) -> HttpResponse:
    """Your name and number, as the council addresses you."""
    person = get_object_or_404(Person.objects.visible_to(request.user), user=request.user.pk)
    form = DetailsForm(request.POST or None, initial={"full_name": person.full_name, "phone": person.phone})
    if request.method == "POST" and form.is_valid():
        operations.correct_person(person, **form.cleaned_data, by=request.user, at=now())
        messages.success(request, "Your details are saved.")
        return redirect("home")
    return render(request, "communities/people/details.html", {"form": form}, status=400 if form.errors else 200)


@login_not_required
@require_GET
def help_page(request: HttpRequest, page: str) -> HttpResponse:
    """One of the pages a public body owes its readers."""
    cookies = {"session": settings.SESSION_COOKIE_NAME, "csrf": settings.CSRF_COOKIE_NAME}
    return render(request, f"communities/people/help/{page}.html", {"heading": HELP[page], "cookies": cookies})


@login_not_required
@require_POST
def sign_in_as(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign in as one of the demonstration's cast, with one click, on this machine only."""
    user = User.objects.filter(pk=pk).first()
    if user is None or not demonstration_allowed(request) or not is_of_the_cast(user):
        raise Http404
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    record_authentication(request, user, method="mfa", type="demonstration")
    at = now()
    operations.greet(user, at=at)
    operations.note_sign_in(user, at=at, methods=["demonstration"])
    return redirect("admin:index" if user.is_staff else "home")
