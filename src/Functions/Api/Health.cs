using Droptune.Core.Storage;
using Droptune.Functions.Http;

namespace Droptune.Functions.Api;

/// <summary>Says whether requests can be answered: 200 when storage is reachable and the served models load.</summary>
public sealed class Health(DroptuneStorage storage)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    [Function(nameof(Health))]
    public async Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request, CancellationToken cancellationToken)
    {
        var problem = await StorageProblemAsync(cancellationToken);
        return problem is null
            ? new JsonAnswer(new HealthAnswer("ok", "ok"))
            : new JsonAnswer(new HealthAnswer("unavailable", problem), StatusCodes.Status503ServiceUnavailable);
    }

    private async Task<string?> StorageProblemAsync(CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(Patience);
        try
        {
            await Task.WhenAll(
                storage.Container(StorageNames.Models).GetPropertiesAsync(cancellationToken: timeout.Token),
                storage.Queue(StorageNames.TrainingJobs).GetPropertiesAsync(timeout.Token),
                storage.Table(StorageNames.ModelsTable).QueryAsync<Azure.Data.Tables.TableEntity>(maxPerPage: 1, cancellationToken: timeout.Token)
                    .Take(1).ToListAsync(timeout.Token).AsTask());
            return null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return e is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:F0} s" : StorageFailure.Reason(e);
        }
    }
}

/// <summary>"ok", or what is wrong.</summary>
public sealed record HealthAnswer(string Status, string Storage);
