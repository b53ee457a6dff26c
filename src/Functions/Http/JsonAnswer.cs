namespace Droptune.Functions.Http;

/// <summary>An answer with a JSON body (none when null), written the same way in both hosts.</summary>
public sealed class JsonAnswer(object? body, int status = StatusCodes.Status200OK) : IActionResult
{
    /// <summary>Address of what was made or found.</summary>
    public string? Location { get; init; }

    public string ContentType { get; init; } = "application/json; charset=utf-8";

    /// <summary>After what time a refused request may be tried again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        response.StatusCode = status;
        response.Headers.XContentTypeOptions = "nosniff"; // it may quote what anybody sent
        if (Location is not null)
        {
            response.Headers.Location = Location;
        }

        if (RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = $"{Math.Ceiling(wait.TotalSeconds):F0}";
        }

        if (body is not null)
        {
            // As bytes at once: a value that cannot be written must not end in the middle of an answer.
            var json = JsonSerializer.SerializeToUtf8Bytes(body, DroptuneJson.Compact);
            response.ContentType = ContentType;
            response.ContentLength = json.Length;
            await response.Body.WriteAsync(json, context.HttpContext.RequestAborted);
        }
    }
}
