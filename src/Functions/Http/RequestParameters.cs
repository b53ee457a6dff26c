using Droptune.Functions.Api;

namespace Droptune.Functions.Http;

/// <summary>Reads what the address of a request carries.</summary>
public static class RequestParameters
{
    /// <summary>The query parameter that a key may stand in.</summary>
    public const string Key = "code";

    private static readonly string[] OfTheHost = [Key, "clientId"]; // the key, and its name, as Azure's portal writes them

    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    /// <summary>The name, or the error answer that says why it is none.</summary>
    public static string RequireName(string name) =>
        ResourceName.Problem(name) is { } problem ? throw new ProblemException(ProblemKinds.InvalidName, problem) : name;

    /// <summary>Refuses a query parameter that the operation does not know: a misspelt one would be without effect, silently.</summary>
    public static void RequireKnown(HttpRequest request)
    {
        if (request.Query.Count == 0 || HttpFunction.Of(request) is not { } function)
        {
            return;
        }

        string[] known = [.. ApiOperation.All.Single(operation => operation.Function == function.Name).Query.Select(parameter => parameter.Name)];
        var unknown = request.Query.Keys.Where(key => !known.Concat(OfTheHost).Contains(key, StringComparer.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            throw new ProblemException(
                ProblemKinds.UnknownParameter,
                $"{string.Join(", ", unknown.Select(key => $"'{key}'"))}: {(known.Length == 0 ? "this address takes no query parameter" : $"known are {string.Join(", ", known)}")}.");
        }
    }

    /// <summary>A query parameter; null when it is not given.</summary>
    public static string? Parameter(this HttpRequest request, string name) =>
        request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>How many entries the caller wants: the query parameter <c>limit</c>.</summary>
    public static int Limit(this HttpRequest request)
    {
        if (request.Parameter("limit") is not { } text)
        {
            return DefaultLimit;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaxLimit
            ? limit
            : throw new ProblemException(ProblemKinds.InvalidParameter, $"limit is '{text}': give a number from 1 to {MaxLimit}.");
    }
}
