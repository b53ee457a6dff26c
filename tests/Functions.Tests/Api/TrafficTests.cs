using System.Text.Json;
using Droptune.Core.Datasets;
using Droptune.Core.Evaluation;
using Droptune.Core.Inference;
using Droptune.Core.Storage;
using Droptune.Core.Traffic;

namespace Droptune.Functions.Tests.Api;

[Collection(nameof(SharedHost))]
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
