namespace Droptune.Functions.Http;

/// <summary>Reads what the address of a request carries.</summary>
public static class RequestParameters
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    /// <summary>The name, or the error answer that says why it is none.</summary>
    public static string RequireName(string name) =>
        ResourceName.Problem(name) is { } problem ? throw new ProblemException(ProblemKinds.InvalidName, problem) : name;

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
