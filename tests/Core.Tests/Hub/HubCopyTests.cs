using Droptune.Core.Hub;

namespace Droptune.Core.Tests.Hub;

public sealed class HubCopyTests : IAsyncLifetime
{
    private static readonly HubName Model = new("org/bert", TestHub.Commit);
    private static readonly byte[] Text = "{}"u8.ToArray();

    private readonly string _folder = Directory.CreateTempSubdirectory("droptune hub ").FullName;
    private TestHub _hub = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IEnumerable<string> Names => Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    public async ValueTask InitializeAsync() => _hub = await TestHub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task CompleteAsync_WithoutWeights_FetchesWhatTheGateReads()
    {
        Add("vocab.txt", "tokenizer_config.json", "README.md", "model.safetensors", "pytorch_model.bin", "modeling.py", "onnx/model.onnx");

        await CompleteAsync(withWeights: false);

        Assert.Equal(["README.md", "config.json", "tokenizer_config.json", "vocab.txt"], Names);
        Assert.DoesNotContain(_hub.Requests, request => request.Path.StartsWith("far", StringComparison.Ordinal));
    }

    [Fact]
    public async Task CompleteAsync_Weights_ComeOnTop()
    {
        Add("vocab.txt", "model.safetensors");
        await CompleteAsync(withWeights: false);

        await CompleteAsync(withWeights: true);

        Assert.Equal(["config.json", "model.safetensors", "vocab.txt"], Names);
    }

    [Fact]
    public async Task CompleteAsync_Shards_ComeAsTheIndexNamesThem()
    {
        Add("tokenizer.json", "a.safetensors", "b.safetensors", "other.safetensors");
        AddIndex("""{"weight_map":{"x":"a.safetensors","y":"b.safetensors","z":"a.safetensors"}}""");

        await CompleteAsync(withWeights: true);

        Assert.Equal(["a.safetensors", "b.safetensors", "config.json", "model.safetensors.index.json", "tokenizer.json"], Names);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CompleteAsync_CopyIsThere_IsUsedWithoutTheHub(bool isSharded)
    {
        Add("vocab.txt", isSharded ? "a.safetensors" : "model.safetensors");
        if (isSharded)
        {
            AddIndex("""{"weight_map":{"x":"a.safetensors"}}""");
        }

        await CompleteAsync(withWeights: true);
        _hub.Requests.Clear();

        await CompleteAsync(withWeights: true);

        Assert.Empty(_hub.Requests);
    }

    [Theory]
    [InlineData("""{"weight_map":{"x":"../../evil.safetensors"}}""")]
    [InlineData("""{"weight_map":{"x":"/etc/evil.safetensors"}}""")]
    [InlineData("""{"weight_map":{"x":"sub/a.safetensors"}}""")]
    [InlineData("""{"weight_map":{"x":"..\\a.safetensors"}}""")]
    [InlineData("""{"weight_map":{"x":"pytorch_model.bin"}}""")]
    [InlineData("""{"weight_map":{"x":7}}""")]
    [InlineData("""{"weight_map":{}}""")]
    [InlineData("""{"weight_map":"model"}""")]
    [InlineData("no JSON")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task CompleteAsync_IndexThatNamesAnythingElse_IsRefused(string index)
    {
        Add("vocab.txt", "a.safetensors", "pytorch_model.bin");
        AddIndex(index);

        Assert.Contains("does not say which files hold the weights", (await RefusedAsync()).Message, StringComparison.Ordinal);
        Assert.Equal(["model.safetensors.index.json"], Names);
    }

    [Fact]
    public async Task CompleteAsync_IndexOfAThousandShards_IsRefused()
    {
        Add("vocab.txt");
        AddIndex(JsonSerializer.Serialize(new { weight_map = Enumerable.Range(0, 1000).ToDictionary(i => $"{i}", i => $"{i}.safetensors") }));

        Assert.Contains("100 at most", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CompleteAsync_ShardIsMissing_NamesIt()
    {
        Add("vocab.txt");
        AddIndex("""{"weight_map":{"x":"a.safetensors"}}""");

        Assert.Contains("has no file 'a.safetensors'", (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pytorch_model.bin", "but pytorch_model.bin, which can hold programs")]
    [InlineData("tf_model.h5", "save_pretrained(folder)")]
    [InlineData("spare.safetensors", "has no weights as safetensors.")]
    public async Task CompleteAsync_NoSafetensors_SaysHowToConvert(string weights, string message)
    {
        Add("vocab.txt", weights);

        Assert.Contains(message, (await RefusedAsync()).Message, StringComparison.Ordinal);
        Assert.Empty(Names);
    }

    [Fact]
    public async Task CompleteAsync_NoTokenizer_IsRefused()
    {
        Add("model.safetensors", "spm.model");

        var message = (await RefusedAsync()).Message;
        Assert.Contains("neither vocab.txt nor tokenizer.json, but spm.model", message, StringComparison.Ordinal);
        Assert.Contains("AutoTokenizer.from_pretrained('", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"auto_map":{"AutoModel":"modeling.EvilModel"}}""", "auto_map")]
    [InlineData("[]", "not a JSON object")]
    [InlineData("{", "not a JSON object")]
    public async Task CompleteAsync_ConfigurationThatCannotBeUsed_IsRefusedEachTime(string config, string message)
    {
        Add("vocab.txt", "model.safetensors").Files["config.json"] = Encoding.UTF8.GetBytes(config);

        Assert.Contains(message, (await RefusedAsync()).Message, StringComparison.Ordinal);
        Assert.Contains(message, (await RefusedAsync()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model.safetensors", "5000000000", "4000000000 may be fetched (Hub__MaxBytes)")]
    [InlineData("model.safetensors", "9223372036854775807", "Hub__MaxBytes")]
    [InlineData("tokenizer.json", "80000000", "67108864 are read")]
    public async Task CompleteAsync_TooLarge_IsRefusedBeforeItComes(string file, string size, string message)
    {
        Add("tokenizer.json", "model.safetensors").StatedSize[file] = size;

        Assert.Contains(message, (await RefusedAsync()).Message, StringComparison.Ordinal);
        Assert.Empty(Names);
    }

    private TestHub.Model Add(params string[] names) => _hub.Add("org/bert", names.Prepend("config.json").Select(name => (name, Text)));

    private void AddIndex(string json) => _hub["org/bert"].Files["model.safetensors.index.json"] = Encoding.UTF8.GetBytes(json);

    private Task CompleteAsync(bool withWeights) =>
        HubCopy.CompleteAsync(new(new() { Endpoint = _hub.Endpoint }, new HurriedClock()), Model, _folder, withWeights, arrived: null, Cancellation);

    private Task<HubException> RefusedAsync() => Assert.ThrowsAsync<HubException>(() => CompleteAsync(withWeights: false));
}
