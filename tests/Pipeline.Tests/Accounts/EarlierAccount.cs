namespace Droptune.Pipeline.Tests.Accounts;

/// <summary>
/// The present product on a storage account that an earlier version wrote. Its files have new ETags there, so the present version
/// takes all of them for dropped again. Ready once it has seen to everything that lay in the account.
/// </summary>
public sealed class EarlierAccount(AzuriteFixture azurite) : LocalApp(azurite)
{
    private static readonly string Folder = TestData.PathOf("account-1");

    /// <summary>What the earlier version answered, and what is to become of it.</summary>
    public JsonElement Expected { get; } = JsonElement.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")));

    /// <summary>The first answer of the served model.</summary>
    public Answer FirstAnswer { get; private set; } = null!;

    public JsonElement Runs { get; private set; }

    public JsonElement Models { get; private set; }

    public JsonElement Datasets { get; private set; }

    public override async ValueTask InitializeAsync()
    {
        var started = TimeProvider.System.GetUtcNow();
        await base.InitializeAsync();
        var served = Expected.GetProperty("served");
        FirstAnswer = await PredictAsync(served.Text("model")!, served.GetProperty("inputs").EnumerateArray().Select(text => text.GetString()!));

        Datasets = await AllAsync("datasets", dataset =>
            dataset.Text("state") != "Validating" && dataset.TryGetProperty("validatedAt", out var at) && at.GetDateTimeOffset() > started);
        Runs = await AllAsync("runs", run => run.Text("state") is not ("Queued" or "Running"));
        Models = await AllAsync("models", model => model.Text("production") is not null); // the last thing that an evaluation does
    }

    protected override Task PrepareAsync() => StoredAccount.RestoreAsync(Folder, Connection, CancellationToken.None);

    /// <summary>A list of the API once all of it is as awaited; the earlier version's entries are all to be in it.</summary>
    private async Task<JsonElement> AllAsync(string path, Func<JsonElement, bool> isIt)
    {
        using var answer = await UntilAsync(path, list => list.EnumerateArray().All(isIt));
        return answer.RootElement.Clone();
    }
}
