from django.core.cache import cache
from django.shortcuts import redirect, render

from common.access import signed_in
from dem.models import Document, Supplier


@signed_in
def home(request, url_prefix):
    # Trap: kept for six hours, so rows loaded behind the application's back do not show until it is cleared.
    count = cache.get_or_set("dem.suppliers", Supplier.objects.count, 6 * 3600)
    return render(request, "dem/home.html", {"count": count, "url_prefix": url_prefix})


@signed_in
def suppliers(request, url_prefix):
    return render(request, "dem/suppliers.html", {"suppliers": Supplier.objects.all(), "url_prefix": url_prefix})


@signed_in
def documents(request, url_prefix):
    """Flat below MEDIA_ROOT, by their own names; the web server sends them without asking who wants them."""
    if request.method == "POST" and "file" in request.FILES:
        Document.objects.create(file=request.FILES["file"])
        return redirect("dem:documents", url_prefix=url_prefix)
    documents = Document.objects.order_by("-uploaded_at", "-pk")[:100]
    return render(request, "dem/documents.html", {"documents": documents, "url_prefix": url_prefix})
