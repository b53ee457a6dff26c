using System.Diagnostics;

namespace Droptune.Core.Telemetry;

/// <summary>
/// Spans of the product: ingest, validate, train, evaluate and predict. A dropped file and all that follows from it is one
/// trace, because each queue message carries its sender's trace context.
/// </summary>
public static class Tracing
{
    public const string Source = "Droptune";

    private static readonly ActivitySource Spans = new(Source);

    /// <summary>
    /// Begins a span that ends when it is disposed: below the sender's of a message, or else below the current one. Null
    /// while nobody listens.
    /// </summary>
    /// <param name="name">The step, a verb.</param>
    /// <param name="traceparent">W3C trace context of the message that is worked on.</param>
    /// <param name="tags">What it is done to, such as the model's name.</param>
    public static Activity? Start(string name, string? traceparent = null, params ReadOnlySpan<(string Key, object? Value)> tags)
    {
        if (!Spans.HasListeners())
        {
            return null;
        }

        // The host's own span of the call is not the parent then: it is a link, so that it can be reached from here.
        var link = traceparent is not null && Activity.Current is { } call ? new[] { new ActivityLink(call.Context) } : null;
        return Spans.StartActivity(ActivityKind.Consumer, Parent(traceparent), Tags(tags), link, name: name);
    }

    /// <summary>Begins the span of a prediction, in the caller's trace; a link leads to the trace that made the model.</summary>
    /// <param name="tags">Model and version.</param>
    /// <param name="madeBy">W3C trace context of the training.</param>
    public static Activity? StartPrediction(string? madeBy, params ReadOnlySpan<(string Key, object? Value)> tags)
    {
        if (!Spans.HasListeners())
        {
            return null;
        }

        var training = Parent(madeBy);
        return Spans.StartActivity(
            ActivityKind.Internal, default, Tags(tags), training == default ? null : [new ActivityLink(training)], name: "predict");
    }

    /// <summary>Does the work of a span: when it throws, the span has failed too. Work that was stopped has not.</summary>
    public static async Task<T> RunAsync<T>(this Activity? span, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            span?.SetStatus(ActivityStatusCode.Error, e.Message);
            throw;
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(this Activity? span, Func<Task> work) => span.RunAsync(async () =>
    {
        await work();
        return true;
    });

    private static ActivityContext Parent(string? traceparent) =>
        ActivityContext.TryParse(traceparent, traceState: null, isRemote: true, out var context) ? context : default;

    private static TagList Tags(ReadOnlySpan<(string Key, object? Value)> tags)
    {
        var list = default(TagList);
        foreach (var (key, value) in tags)
        {
            list.Add(key, value);
        }

        return list;
    }
}
