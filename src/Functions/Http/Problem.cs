namespace Droptune.Functions.Http;

/// <summary>The body of an error answer, RFC 9457, with a stable <c>code</c>.</summary>
public sealed record Problem
{
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(1);

    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    public required string Code { get; init; }

    public string? Detail { get; init; }

    public long? Line { get; init; }

    public long? Column { get; init; }

    public string? Path { get; init; }

    /// <summary>What the gate found in an example.</summary>
    public IReadOnlyList<Finding>? Findings { get; init; }

    /// <summary>What a deletion would take along.</summary>
    public IReadOnlyList<string>? Takes { get; init; }

    /// <summary>The trace of the request, under which the log says more.</summary>
    public string? TraceId { get; init; }

    public static JsonAnswer Answer(
        ProblemKind kind, string? detail = null, BodyPlace? place = null, IReadOnlyList<Finding>? findings = null, string? traceId = null,
        TimeSpan? retryAfter = null, IReadOnlyList<string>? takes = null)
    {
        var problem = new Problem
        {
            Type = $"urn:droptune:problem:{kind.Code}",
            Title = kind.Title,
            Status = kind.Status,
            Code = kind.Code,
            Detail = detail,
            Line = place?.Line,
            Column = place?.Column,
            Path = place?.Path,
            Findings = findings,
            Takes = takes,
            TraceId = traceId,
        };
        return new JsonAnswer(problem, kind.Status)
        {
            ContentType = "application/problem+json",
            RetryAfter = kind.Status == StatusCodes.Status503ServiceUnavailable ? retryAfter ?? DefaultRetryAfter : null,
        };
    }
}
