"""Addresses of signing in, of a person's own pages and of the pages about the site."""

from allauth.account import views as account
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from communities.people import views
from communities.people.queries import demonstration_cast

code_page = account.RequestLoginCodeView.as_view(extra_context={"cast": demonstration_cast})
to_code_page = login_not_required(RedirectView.as_view(pattern_name="account_request_login_code", query_string=True))

# The parts of allauth that the fund uses, under names that allauth expects. There is nothing to sign up for and no
# password to reset: a code does both.
sign_in = [
    path("", code_page, name="account_request_login_code"),
    path("code/", account.confirm_login_code, name="account_confirm_login_code"),
    path("password/", account.login, name="account_login"),
    path("out/", account.logout, name="account_logout"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("again/", account.reauthenticate, name="account_reauthenticate"),
    path("email/", account.email, name="account_email"),
    path("email/confirm/", account.email_verification_sent, name="account_email_verification_sent"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("new/", to_code_page, name="account_signup"),
    path("password/forgotten/", to_code_page, name="account_reset_password"),
    path("2fa/", include("allauth.mfa.urls")),
]

urlpatterns = [
    path("sign-in/", include(sign_in)),
    path("home/", views.home, name="home"),
    path("home/details/", views.your_details, name="account"),
    path("demonstration/sign-in/<int:pk>/", views.sign_in_as, name="sign_in_as"),
    *(path(f"help/{page}/", views.help_page, {"page": page}, name=f"help_{page}") for page in views.HELP),
]
