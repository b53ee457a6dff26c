using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs.Models;
using Droptune.Core.Storage;

namespace Droptune.Functions.Tests.Serving;

[Collection(nameof(SharedHost))]
public class PredictTests(LocalHostFixture host)
{
    [Fact]
    public async Task Predict_Text_AnswersWithPlacesInIt()
    {
        await host.AddModelAsync("p-text");

        var answer = await host.PostAsync("models/p-text/predict", """{"inputs":"Please book a flight to New York, on Monday!"}""").OkAsync();

        Assert.Equal(("p-text", TestModel.Version), (answer.Text("model"), answer.Text("version")));
        var prediction = Assert.Single(answer.GetProperty("predictions").EnumerateArray());
        Assert.Equal("book", prediction.GetProperty("label").Text("name"));
        Assert.Equal(
            [("city", "New York", 24, 32), ("date", "Monday", 37, 43)],
            prediction.GetProperty("entities").EnumerateArray().Select(Entity));
    }

    [Fact]
    public async Task Predict_ModelOfSeveralLabels_AnswersWithThoseThatHold()
    {
        await host.AddModelAsync("p-several");
        var config = JsonNode.Parse(await File.ReadAllTextAsync(TestData.PathOf("models", "lexicon", "config.json"), TestContext.Current.CancellationToken))!;
        config["problem_type"] = "multi_label_classification";
        config["droptune"]!["thresholds"] = new JsonObject { ["other"] = 1.5 };
        await host.Get<DroptuneStorage>().Container(StorageNames.Models).GetBlobClient($"p-several/{TestModel.Version}/config.json")
            .UploadAsync(BinaryData.FromString(config.ToJsonString()), overwrite: true, TestContext.Current.CancellationToken);

        var answer = await host.PostAsync("models/p-several/predict", """{"inputs":["book it and refund the money","my my"]}""").OkAsync();

        var predictions = answer.GetProperty("predictions");
        Assert.Equal(["book", "refund"], predictions[0].GetProperty("labels").EnumerateArray().Select(label => label.Text("name")).Order());
        Assert.All(predictions[0].GetProperty("labels").EnumerateArray(), label => Assert.InRange(label.GetProperty("score").GetDouble(), 0.5, 1));
        Assert.Equal(0, predictions[1].GetProperty("labels").GetArrayLength());
        Assert.False(predictions[0].TryGetProperty("label", out _));
    }

    [Fact]
    public async Task Predict_MixedInputs_AnswersEachInItsPlace()
    {
        await host.AddModelAsync("p-mixed");

        var answer = await host.PostAsync(
            "models/p-mixed/predict", """{"inputs":["hello",{"tokens":["to","New","York"]},{"text":"我要订去北京的票"}]}""").OkAsync();

        var predictions = answer.GetProperty("predictions");
        Assert.Equal(3, predictions.GetArrayLength());
        Assert.Equal(["O", "B-city", "I-city"], predictions[1].GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.False(predictions[1].TryGetProperty("entities", out _));
        Assert.Equal(("city", "北京", 4, 6), Entity(Assert.Single(predictions[2].GetProperty("entities").EnumerateArray())));
    }

    [Theory]
    [InlineData("utf16CodeUnit", 8, 14)]
    [InlineData("unicodeCodePoint", 6, 12)]
    public async Task Predict_StringIndexType_CountsAsAsked(string type, int start, int end)
    {
        await host.AddModelAsync("p-index");

        var answer = await host.PostAsync("models/p-index/predict", $$"""{"inputs":"😀😀 to Berlin 😀","stringIndexType":"{{type}}"}""").OkAsync();

        var entity = Assert.Single(answer.GetProperty("predictions")[0].GetProperty("entities").EnumerateArray());
        Assert.Equal(("city", "Berlin", start, end), Entity(entity));
    }

    [Fact]
    public async Task Predict_Version_AsksThatOne()
    {
        await host.AddModelAsync("p-version");
        await host.AddModelAsync("p-version", "ba9876543210", isServed: false);

        var answer = await host.PostAsync("models/p-version/predict?version=ba9876543210", """{"inputs":"hello"}""").OkAsync();

        Assert.Equal("ba9876543210", answer.Text("version"));
    }

    [Fact]
    public async Task Predict_VersionWhoseFilesAreThereWithoutItsRecord_IsUnknown()
    {
        await host.AddModelAsync("p-half");
        var models = host.Get<DroptuneStorage>().Container(StorageNames.Models);
        await foreach (var blob in models.GetBlobsAsync(new GetBlobsOptions { Prefix = $"p-half/{TestModel.Version}/" }, TestContext.Current.CancellationToken))
        {
            var copy = models.GetBlobClient(blob.Name.Replace(TestModel.Version, "aaaaaaaaaaaa", StringComparison.Ordinal));
            var content = (await models.GetBlobClient(blob.Name).DownloadContentAsync(TestContext.Current.CancellationToken)).Value.Content;
            await copy.UploadAsync(content, TestContext.Current.CancellationToken);
        }

        await host.PostAsync("models/p-half/predict?version=aaaaaaaaaaaa", """{"inputs":"hello"}""").ProblemAsync(404, "unknown-version");
    }

    [Theory]
    [InlineData("models/p-nowhere/predict", 404, "unknown-model")]
    [InlineData("models/p-unserved/predict", 409, "nothing-served")]
    [InlineData("models/p-unserved/predict?version=ffffffffffff", 404, "unknown-version")]
    [InlineData("models/p-unserved/predict?version=../../x", 404, "unknown-version")]
    [InlineData("models/Not-Lower/predict", 400, "invalid-name")]
    public async Task Predict_NoSuchModel_SaysWhichPartIsWrong(string path, int status, string code)
    {
        await host.AddModelAsync("p-unserved", isServed: false);

        var problem = await host.PostAsync(path, """{"inputs":"hello"}""").ProblemAsync(status, code);

        Assert.NotEmpty(problem.Text("detail")!);
    }

    [Theory]
    [InlineData("""{"inputs":["a",]}""", 400, "invalid-json", 1, 16)]
    [InlineData("{\"inputs\":\n  \"a\" oops}", 400, "invalid-json", 2, 7)]
    [InlineData("""{"inputs":"a"}}""", 400, "invalid-json", 1, 15)]
    [InlineData("hello", 400, "invalid-json", 1, 1)]
    [InlineData("", 400, "empty-body", null, null)]
    [InlineData("null", 422, "invalid-value", null, null)]
    [InlineData("[]", 422, "invalid-value", 1, 2)]
    [InlineData("{}", 422, "invalid-value", 1, 3)]
    [InlineData("""{"inputs":null}""", 422, "invalid-value", 1, 15)]
    [InlineData("""{"inputs":[]}""", 422, "invalid-value", null, null)]
    [InlineData("""{"inputs":3}""", 422, "invalid-value", 1, 12)]
    [InlineData("""{"inputs":["a",null]}""", 422, "invalid-value", 1, 20)]
    [InlineData("""{"inputs":{"tokens":"a"}}""", 422, "invalid-value", 1, 24)]
    [InlineData("""{"inputs":{"words":["a"]}}""", 422, "invalid-value", 1, 20)]
    [InlineData("""{"inputs":{"tokens":["a",null]}}""", 422, "invalid-value", null, null)]
    [InlineData("""{"inputs":"\ud800"}""", 422, "invalid-value", null, null)]
    [InlineData("""{"inputs":"a","inputs":"b"}""", 422, "invalid-value", null, null)]
    [InlineData("""{"inputs":"a","input":"b"}""", 422, "invalid-value", 1, 23)]
    [InlineData("""{"inputs":"a","stringIndexType":"bytes"}""", 422, "invalid-value", 1, 40)]
    public async Task Predict_BadBody_SaysWhatAndWhere(string body, int status, string code, int? line, int? column)
    {
        var problem = await host.PostAsync("models/p-any/predict", body).ProblemAsync(status, code);

        Assert.NotEmpty(problem.Text("detail")!);
        Assert.DoesNotContain("Droptune.", problem.Text("detail"), StringComparison.Ordinal);
        if (line is not null)
        {
            Assert.Equal((line.Value, column!.Value), (problem.GetProperty("line").GetInt32(), problem.GetProperty("column").GetInt32()));
        }
    }

    [Fact]
    public async Task Predict_InvalidUtf8_SaysAtWhichByte()
    {
        byte[] body = [.. "{\"inputs\":\"é"u8, 0xC3, .. "\"}"u8];

        var problem = await host.PostAsync("models/p-any/predict", body).ProblemAsync(400, "invalid-utf8");

        Assert.Contains("13", problem.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_Utf8WithByteOrderMark_IsRead()
    {
        await host.AddModelAsync("p-bom");

        var answer = await host.PostAsync("models/p-bom/predict", [.. "\uFEFF"u8, .. "{\"inputs\":\"hello\"}"u8]).OkAsync();

        Assert.Equal("greet", answer.GetProperty("predictions")[0].GetProperty("label").Text("name"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Predict_OtherMediaType_IsRefused(string? type) =>
        await host.PostAsync("models/p-any/predict", """{"inputs":"a"}"""u8.ToArray(), type).ProblemAsync(415, "unsupported-media-type");

    [Fact]
    public async Task Predict_256Inputs_AreAnswered()
    {
        await host.AddModelAsync("p-many");

        var answer = await host.PostAsync("models/p-many/predict", Inputs(256)).OkAsync();

        Assert.Equal(256, answer.GetProperty("predictions").GetArrayLength());
    }

    [Fact]
    public async Task Predict_257Inputs_AreRefused() =>
        await host.PostAsync("models/p-any/predict", Inputs(257)).ProblemAsync(422, "too-many-inputs");

    [Fact]
    public async Task Predict_OverOneMebibyte_IsRefused() =>
        await host.PostAsync("models/p-any/predict", Body(1 << 20, excess: 1)).ProblemAsync(413, "body-too-large");

    [Fact]
    public async Task Predict_OverOneMebibyteOfUnknownLength_IsRefused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "models/p-any/predict");
        request.Content = JsonContent.Create(new { inputs = new string('a', 2 << 20) });
        request.Headers.TransferEncodingChunked = true;

        await host.Http.SendAsync(request, TestContext.Current.CancellationToken).ProblemAsync(413, "body-too-large");
    }

    [Fact]
    public async Task Predict_OneMebibyte_IsRead() =>
        await host.PostAsync("models/p-none/predict", Body(1 << 20, excess: 0)).ProblemAsync(404, "unknown-model");

    [Fact]
    public async Task Predict_BodyThatDoesNotArrive_IsGivenUp()
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.Http.BaseAddress!.Host, host.Http.BaseAddress.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        await stream.WriteAsync(
            "POST /api/models/p-any/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"inputs\":"u8.ToArray(),
            TestContext.Current.CancellationToken);

        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken); // the connection is closed after it

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"slow-body\"", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Predict_OverloadedModel_AnswersAtOnceWhenToComeBack()
    {
        await host.AddModelAsync("p-busy");
        await host.PostAsync("models/p-busy/predict", """{"inputs":"hello"}""").OkAsync();
        var long256 = JsonSerializer.Serialize(new { inputs = Enumerable.Repeat(string.Join(' ', Enumerable.Repeat("hello", 600)), 256) });

        using var spans = new HeardSpans();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.PostAsync("models/p-busy/predict", long256)));

        var refused = answers.Where(answer => (int)answer.StatusCode == 503).ToList();
        Assert.NotEmpty(refused);
        Assert.Equal(answers.Select(answer => ("predict", refused.Contains(answer))).Order(), spans.All.Order());
        Assert.All(answers, answer => Assert.True(answer.IsSuccessStatusCode || (int)answer.StatusCode == 503));
        foreach (var answer in refused)
        {
            Assert.True(answer.Headers.RetryAfter?.Delta >= TimeSpan.FromSeconds(1));
            await Task.FromResult(answer).ProblemAsync(503, "overloaded");
        }
    }

    [Fact]
    public async Task Predict_BrokenModel_SaysThatItCannotBeLoaded()
    {
        await host.AddModelAsync("p-broken", isServed: false);
        await host.Get<DroptuneStorage>().Container(StorageNames.Models)
            .GetBlobClient($"p-broken/{TestModel.Version}/model.onnx").UploadAsync(BinaryData.FromString("no model"), overwrite: true, TestContext.Current.CancellationToken);

        await host.PostAsync($"models/p-broken/predict?version={TestModel.Version}", """{"inputs":"a"}""").ProblemAsync(503, "model-unavailable");
    }

    private static (string?, string?, int, int) Entity(JsonElement entity) =>
        (entity.Text("label"), entity.Text("text"), entity.GetProperty("start").GetInt32(), entity.GetProperty("end").GetInt32());

    private static string Inputs(int count) => JsonSerializer.Serialize(new { inputs = Enumerable.Repeat("hello", count) });

    private static byte[] Body(int bytes, int excess)
    {
        const string frame = """{"inputs":""}""";
        return Encoding.UTF8.GetBytes(frame.Replace("\"\"", $"\"{new string(' ', bytes - frame.Length + excess)}\"", StringComparison.Ordinal));
    }
}
