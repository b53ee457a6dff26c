using System.Net.Http.Headers;

namespace Droptune.Functions.Http;

/// <summary>Keeps web pages of other origins from changing anything: a browser sends their requests along with its own rights.</summary>
public static class RequestOrigin
{
    /// <summary>What a form of any page can send without being asked (Fetch standard, "CORS-safelisted request-header").</summary>
    private static readonly string[] FormTypes = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain"];

    /// <exception cref="ProblemException">A page of another origin sent the request, or may have.</exception>
    public static void RequireOwn(HttpRequest request)
    {
        if (Foreign(request) is { } reason)
        {
            throw new ProblemException(ProblemKinds.ForeignOrigin, $"{reason}.");
        }
    }

    private static string? Foreign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
        {
            return site is "same-origin" or "none" ? null : $"The request comes from another web page (Sec-Fetch-Site: {site}): send it from a program, or from the page of this address";
        }

        if (request.Headers.Origin.ToString() is { Length: > 0 } origin)
        {
            // By host: a front end may have taken TLS off, and then the schemes differ. A host can be empty, which makes no address.
            return Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && Uri.TryCreate($"{page.Scheme}://{request.Host}", UriKind.Absolute, out var own) && page.Authority == own.Authority
                ? null
                : $"The request comes from the web page {origin}: send it from a program, or from the page of this address";
        }

        return MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && FormTypes.Contains(type.MediaType, StringComparer.OrdinalIgnoreCase)
            ? $"A form of any web page could send '{type.MediaType}': send 'Content-Type: application/json', or no body and no Content-Type"
            : null;
    }
}
