"""Pages that tests drive with a plain HTTP client: no account, no CSRF token, answers in JSON."""

import time

from django.http import HttpResponseBadRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from sample.models import Row

LONGEST = 120


@csrf_exempt
def rows(request, url_prefix):
    """A POST is acknowledged after its row is committed; a GET counts, all rows or those with one label."""
    if request.method == "POST":
        row = Row.objects.create(label=request.POST.get("label", "")[:80])
        return JsonResponse({"id": row.pk, "label": row.label}, status=201)
    label = request.GET.get("label")
    found = Row.objects.filter(label=label) if label is not None else Row.objects.all()
    return JsonResponse({"count": found.count()})


def slow(request, url_prefix):
    try:
        seconds = float(request.GET.get("seconds", "1"))
    except ValueError:
        return HttpResponseBadRequest("seconds must be a number")
    # Written so that NaN, which compares false with everything, is refused too.
    if not 0 <= seconds <= LONGEST:
        return HttpResponseBadRequest(f"seconds must be between 0 and {LONGEST}")
    time.sleep(seconds)
    return JsonResponse({"seconds": seconds})
