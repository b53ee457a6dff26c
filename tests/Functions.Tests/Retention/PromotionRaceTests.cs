using Azure.Core;
using Droptune.Core.Stores;

namespace Droptune.Functions.Tests.Retention;

/// <summary>A version that is promoted while it is deleted: it is served and there, or neither.</summary>
public sealed class PromotionRaceTests(AzuriteFixture azurite) : IAsyncLifetime
{
    private const string Served = "0123456789ab";
    private const string Spare = "ba9876543210";

    private readonly Interruption _interruption = new();
    private ModelStore _models = null!;
    private ModelStore _others = null!;

    public async ValueTask InitializeAsync()
    {
        var connection = await azurite.NewAccountAsync();
        var storage = _interruption.Storage(connection);
        await storage.EnsureCreatedAsync(Cancellation);
        (_models, _others) = (new(storage, TimeProvider.System), new(new Interruption().Storage(connection), TimeProvider.System));
        foreach (var version in new[] { Served, Spare })
        {
            await _models.AddVersionAsync(
                new()
                {
                    Model = "m",
                    Version = version,
                    RunId = version + "0000",
                    Dataset = "d",
                    DatasetVersion = "0",
                    Task = TaskKind.Joint,
                    CreatedAt = TimeProvider.System.GetUtcNow(),
                },
                Cancellation);
        }

        await _models.PromoteAsync("m", Served, "test", Cancellation);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task DeleteVersion_PromotedJustBefore_IsServedAndThere()
    {
        _interruption.Before(request => request.Method == RequestMethod.Delete, () => _others.PromoteAsync("m", Spare, "by somebody", Cancellation));

        var isDeleted = await _models.DeleteVersionAsync("m", Spare, Cancellation);

        Assert.False(isDeleted);
        Assert.Equal(Spare, (await _models.FindAsync("m", Cancellation))!.Production);
        Assert.NotNull(await _models.FindVersionAsync("m", Spare, Cancellation));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Promote_DeletedJustBefore_ServesWhatWasServed(bool isByEvaluation)
    {
        var isOthers = false;
        _interruption.Before(IsChange, async () => isOthers = await _others.DeleteVersionAsync("m", Spare, Cancellation));

        var isPromoted = isByEvaluation
            ? await _models.TryPromoteAsync("m", Spare, Served, "better", Cancellation)
            : await _models.PromoteAsync("m", Spare, "by request", Cancellation) is not null;

        var model = (await _models.FindAsync("m", Cancellation))!;
        Assert.True(isOthers);
        Assert.False(isPromoted);
        Assert.Equal((Served, Served), (model.Production, Assert.Single(model.History).Version));
    }

    [Fact]
    public async Task TryPromote_ModelDeletedJustBefore_PromotesNothing()
    {
        _interruption.Before(IsChange, () => _others.DeleteAsync("m", Cancellation));

        Assert.False(await _models.TryPromoteAsync("m", Spare, Served, "better", Cancellation));
        Assert.Null(await _models.FindAsync("m", Cancellation));
    }

    private static bool IsChange(Request request) => request.Method == RequestMethod.Put && request.Uri.ToString().Contains("Models", StringComparison.Ordinal);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
