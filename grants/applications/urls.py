"""Addresses of a bid: beginning it, writing it, sending it, following it."""

from django.urls import path

from grants.applications import views

app_name = "applications"
urlpatterns = [
    path("apply/start/<uuid:public_id>/", views.start, name="start"),
    path("apply/<uuid:public_id>/", views.tasks, name="tasks"),
    path("apply/<uuid:public_id>/check/", views.check, name="check"),
    path("apply/<uuid:public_id>/send/", views.send, name="send"),
    path("apply/<uuid:public_id>/sent/", views.receipt, name="receipt"),
    path("apply/<uuid:public_id>/sent/<int:number>/", views.copy, name="copy"),
    path("apply/<uuid:public_id>/bid/", views.bid_page, name="bid"),
    path("apply/<uuid:public_id>/withdraw/", views.withdraw, name="withdraw"),
    path("apply/<uuid:public_id>/<slug:section>/", views.section, name="section"),
]
