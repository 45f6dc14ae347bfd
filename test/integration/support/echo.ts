/** A file of settings.d that answers /echo with what has reached the application. */
export const ECHO = `
def ECHO(get_response):
    from django.http import JsonResponse

    def answer(request):
        if request.path != "/echo":
            return get_response(request)
        seen = {name: value for name, value in request.META.items() if name.startswith(("HTTP_", "REMOTE_"))}
        return JsonResponse({**seen, "secure": request.is_secure(), "host": request.get_host()})

    return answer

MIDDLEWARE = ["instance_settings.ECHO", *MIDDLEWARE]
`;
