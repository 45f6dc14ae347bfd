from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.shortcuts import redirect
from django.templatetags.static import static as static_url
from django.urls import include, path

from common import views
from extable.table import init

# Trap: importing the URLs queries the database.
init()

urlpatterns = [
    path("favicon.ico", lambda request: redirect(static_url("local/favicon.ico"), permanent=True)),
    path("", lambda request: redirect("dem:home", url_prefix="geqip-chuap"), name="root"),
    path("admin/", admin.site.urls),
    path("<str:url_prefix>/", lambda request, url_prefix: redirect("dem:home", url_prefix=url_prefix)),
    path("<str:url_prefix>/logout/", views.sign_out, name="logout"),
    path("<str:url_prefix>/common/", include("common.urls")),
    path("<str:url_prefix>/dem/", include("dem.urls")),
    path("<str:url_prefix>/sample/", include("sample.urls")),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
]

if settings.DEBUG_TOOLBAR:
    urlpatterns.append(path("__debug__/", include("debug_toolbar.urls")))
