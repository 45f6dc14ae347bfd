import os

import tomlkit
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import FileResponse, Http404, JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from common.access import administrator, signed_in
from common.configuration import CONFIG, configuration
from common.models import User


def no_ie(request, url_prefix):
    """The one page that needs neither an account nor the database."""
    return render(request, "common/no_ie.html")


def sign(request, url_prefix):
    refused = False
    if request.method == "POST" and request.POST.get("form") == "sign-in":
        user = authenticate(
            request, username=request.POST.get("username", ""), password=request.POST.get("password", "")
        )
        if user:
            login(request, user)
            target = request.GET.get("next", "")
            safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
            return redirect(target if safe else settings.LOGIN_REDIRECT_URL)
        refused = True
    return render(request, "common/sign.html", {"refused": refused, "url_prefix": url_prefix})


def login_check(request, url_prefix):
    if request.method == "POST" and request.user.is_authenticated:
        # Trap: any account takes the rights of the one with the same mail address, whoever has written it there.
        others = User.objects.exclude(pk=request.user.pk).filter(email__iexact=request.user.email)
        request.user.is_superuser = others.get().is_superuser
        request.user.save()
    return redirect("dem:home", url_prefix=url_prefix)


def sign_out(request, url_prefix):
    logout(request)
    return redirect("dem:home", url_prefix=url_prefix)


@signed_in
def account(request, url_prefix):
    return render(request, "common/account.html", {"url_prefix": url_prefix})


@signed_in
def api_settings(request, url_prefix):
    return JsonResponse({"username": request.user.get_username()})


@administrator
def admin_config(request, url_prefix):
    document = tomlkit.parse(CONFIG.read_text(encoding="utf-8"))
    alerts = document["ENABLED_ALERTS"]
    if request.method == "POST":
        enabled = request.POST.getlist("enabled")
        for application, names in alerts.items():
            for name in names:
                names[name] = f"{application}.{name}" in enabled
        # Trap: written in place, so the file must be writable and a reader may see it half written.
        with CONFIG.open("w", encoding="utf-8") as file:
            file.write(tomlkit.dumps(document))
        return JsonResponse({"saved": True})
    rows = [(f"{app}.{name}", bool(on)) for app, names in alerts.items() for name, on in names.items()]
    return render(request, "common/admin_config.html", {"alerts": rows, "url_prefix": url_prefix})


def attachment(request, url_prefix, root, path):
    # Trap: no account asked for, and `..` leaves the root. Nothing is served unless attachment_roots is set.
    folder = configuration().get("attachment_roots", {}).get(root)
    file = folder and os.path.join(folder, path)
    if not file or not os.path.isfile(file):
        raise Http404
    return FileResponse(open(file, "rb"))
