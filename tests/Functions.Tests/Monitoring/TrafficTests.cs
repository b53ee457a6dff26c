using Droptune.Core.Evaluation;
using Droptune.Core.Inference;
using Droptune.Core.Storage;
using Droptune.Core.Stores;
using Droptune.Core.Traffic;
using Droptune.Functions.Evaluation;
using Droptune.Functions.Monitoring;
using Droptune.Functions.Monitoring.Uncertain;
using Microsoft.Extensions.Options;

namespace Droptune.Functions.Tests.Monitoring;

[Collection(nameof(LoopHost))]
public class TrafficTests(LocalHostFixture host)
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Predict_Texts_AreCountedButNotKept()
    {
        await host.AddModelAsync("t-count");

        await host.PostAsync("models/t-count/predict", """{"inputs":["Book a flight to Berlin","hello Secretname"]}""").OkAsync();
        foreach (var (hour, profile) in host.Get<TrafficWatch>().Take()) // else the recorder does so once a minute
        {
            await host.Get<TrafficStore>().AddAsync(hour, profile, Token);
        }

        var json = await host.Http.GetStringAsync(new Uri("models/t-count/traffic", UriKind.Relative), Token);

        var answer = JsonDocument.Parse(json).RootElement;
        Assert.Equal(2, answer.GetProperty("lastDay").GetProperty("texts").GetInt32());
        Assert.Equal(1, answer.GetProperty("lastDay").GetProperty("entities").GetProperty("city").GetInt32());
        Assert.Equal(TestModel.Version, Assert.Single(answer.GetProperty("hours").EnumerateArray()).GetProperty("version").GetString());
        Assert.False(answer.TryGetProperty("drift", out _)); // never evaluated
        Assert.DoesNotContain("Secretname", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetTraffic_EvaluatedModel_ComparesWithDev()
    {
        await host.AddModelAsync("t-drift");
        await StoreEvaluationAsync("t-drift", Predictions("book", 300));
        var hour = new TrafficHour("t-drift", TestModel.Version, TimeProvider.System.GetUtcNow().AddHours(-2));
        await host.Get<TrafficStore>().AddAsync(hour, Predictions("cancel", 200), Token);
        await host.Get<TrafficStore>().AddAsync(hour, Predictions("cancel", 100), Token); // another instance, the same hour

        var answer = JsonDocument.Parse(await host.Http.GetStringAsync(new Uri("models/t-drift/traffic", UriKind.Relative), Token)).RootElement;

        Assert.Equal(300, answer.GetProperty("lastDay").GetProperty("texts").GetInt32());
        var labels = answer.GetProperty("drift").GetProperty("labels");
        Assert.True(labels.GetProperty("isReal").GetBoolean());
        Assert.False(answer.GetProperty("drift").GetProperty("lengths").GetProperty("isReal").GetBoolean());
    }

    [Fact]
    public async Task GetTraffic_UnknownModel_Is404() =>
        Assert.Equal(404, (int)(await host.Http.GetAsync(new Uri("models/t-none/traffic", UriKind.Relative), Token)).StatusCode);

    [Fact]
    public async Task ListUncertain_SettingOff_KeepsNoText()
    {
        await host.AddModelAsync("t-off");

        await host.PostAsync("models/t-off/predict", """{"inputs":"hello"}""").OkAsync();

        Assert.Empty(host.Get<UncertainTexts>().Take());
        Assert.Equal(0, (await host.Http.GetAsync("models/t-off/uncertain", Token).OkAsync()).GetArrayLength());
    }

    [Fact]
    public async Task ListUncertain_SettingOn_HasTheLeastCertainTextsAndNoMore()
    {
        await host.AddModelAsync("t-unsure");
        var options = Options.Create(new UncertainOptions { Most = 2 });
        var texts = new UncertainTexts(options, TimeProvider.System);
        var store = new UncertainStore(host.Get<DroptuneStorage>(), host.Get<ForgottenTexts>(), options, TimeProvider.System);
        PredictInput[] inputs =
        [
            PredictInput.OfText("sure"), PredictInput.OfText("unsure"), PredictInput.OfText("half"), PredictInput.OfTokens(["words"]),
            PredictInput.OfText(new string('x', 3000)),
        ];
        Prediction[] predictions = [Sure(0.9f), Sure(0.4f), Sure(0.5f), Sure(0.1f), Sure(0.1f)];

        texts.Record("t-unsure", TestModel.Version, inputs, predictions);
        foreach (var (model, unsure) in texts.Take()) // as the recorder does once a minute
        {
            await store.AddAsync(model, unsure, Token);
        }

        var answer = await host.Http.GetAsync("models/t-unsure/uncertain", Token).OkAsync();
        Assert.Equal(["unsure", "half"], answer.EnumerateArray().Select(text => text.Text("text")));

        static Prediction Sure(float score) => new() { Label = new("book", 0.95f), Entities = [new("city", "x", 0, 1, score)] };
    }

    [Fact]
    public async Task AddUncertain_OldTexts_AreDeleted()
    {
        var options = Options.Create(new UncertainOptions { Most = 100, Days = 1 });
        var later = new Later(TimeSpan.FromDays(2));
        var text = new UncertainText { Text = "old", Version = "v", At = default, Score = 0.1f };

        await new UncertainStore(host.Get<DroptuneStorage>(), host.Get<ForgottenTexts>(), options, TimeProvider.System).AddAsync("t-old", [text], Token);
        await new UncertainStore(host.Get<DroptuneStorage>(), host.Get<ForgottenTexts>(), options, later).AddAsync("t-old", [], Token);

        Assert.Empty(await host.Get<UncertainStore>().ListAsync("t-old", 10, Token));
    }

    private sealed class Later(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }

    private static TrafficProfile Predictions(string label, int count) =>
        TrafficProfile.Of(Enumerable.Repeat(new Prediction { Label = new(label, 0.9f), Entities = [], Pieces = 5 }, count));

    private async Task StoreEvaluationAsync(string model, TrafficProfile profile)
    {
        var dev = await new Evaluator((_, _) => throw new InvalidOperationException("nothing to predict"), TaskKind.Joint, TimeProvider.System)
            .EvaluateAsync([], Token);
        var report = new EvaluationReport
        {
            Model = model,
            Version = TestModel.Version,
            Task = TaskKind.Joint,
            Dataset = "none",
            DatasetVersion = "0",
            At = TimeProvider.System.GetUtcNow(),
            Splits = new Dictionary<Split, SplitEvaluation> { [Split.Dev] = dev with { Profile = profile } },
        };
        await host.Get<DroptuneStorage>().Container(StorageNames.Reports).GetBlobClient($"{model}.json")
            .UploadAsync(BinaryData.FromString(report.ToJson()), Token);
        await host.Get<EvaluationStore>().AddAsync(
            new()
            {
                Model = model,
                Version = report.Version,
                At = report.At,
                Role = EvaluatedRole.Production,
                Dataset = "none",
                DatasetVersion = "0",
                Metrics = report.Metrics(),
                Report = model,
            },
            Token);
    }
}
