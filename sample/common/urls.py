from django.urls import path

from common import views

app_name = "common"
urlpatterns = [
    path("sign/", views.sign, name="sign"),
    path("login_check/", views.login_check, name="login_check"),
    path("account/", views.account, name="account"),
    path("admin_config/", views.admin_config, name="admin-config"),
    path("api/settings/", views.api_settings, name="api-settings"),
    path("no_ie/", views.no_ie, name="no-ie"),
    path("attachment/<str:root>/<path:path>/", views.attachment, name="attachment"),
]
