using Droptune.Functions.Http;
using Droptune.Functions.Serving;

namespace Droptune.Functions.Api;

/// <summary>Says whether requests can be answered: 200 when storage is reachable and the served models load.</summary>
public sealed class Health(DroptuneStorage storage, ModelStore models, ModelCache cache, Answers answers)
{
    private static readonly TimeSpan StoragePatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LoadPatience = TimeSpan.FromSeconds(15);

    [Function(nameof(Health))]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () => await StateAsync(request, cancellationToken));

    private async Task<JsonAnswer> StateAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (served, storageProblem) = await TryAsync(StoragePatience, ServedModelsAsync, request, cancellationToken);
        var problems = new Dictionary<string, string>();
        foreach (var model in served ?? [])
        {
            var (found, problem) = await TryAsync(LoadPatience, timeout => cache.ProblemAsync(model, timeout), request, cancellationToken);
            if ((found ?? problem) is { } reason)
            {
                problems[model.Model] = reason;
            }
        }

        var isOk = storageProblem is null && problems.Count == 0;
        return new JsonAnswer(
            new HealthAnswer(isOk ? "ok" : "unavailable", storageProblem ?? "ok", problems.Count == 0 ? null : problems),
            isOk ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private async Task<IReadOnlyList<ModelRecord>?> ServedModelsAsync(CancellationToken cancellationToken)
    {
        var found = models.ListAsync(cancellationToken);
        await Task.WhenAll(
            storage.Container(StorageNames.Models).GetPropertiesAsync(cancellationToken: cancellationToken),
            storage.Queue(StorageNames.TrainingJobs).GetPropertiesAsync(cancellationToken),
            found);
        return await found;
    }

    /// <summary>What <paramref name="ask"/> found, or why it found nothing in time: without a key, so the log has the rest.</summary>
    private async Task<(T? Found, string? Problem)> TryAsync<T>(
        TimeSpan patience, Func<CancellationToken, Task<T?>> ask, HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(patience);
        try
        {
            return (await ask(timeout.Token), null);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return (null, e is OperationCanceledException ? $"no answer within {patience.TotalSeconds:F0} s" : $"no answer; the log tells why under {answers.Logged(e, request)}");
        }
    }
}

/// <summary>"ok", or what is wrong: with storage, and by name with the models that cannot be served.</summary>
public sealed record HealthAnswer(string Status, string Storage, IReadOnlyDictionary<string, string>? Models = null);
