using Droptune.Core.Evaluation;
using Droptune.Core.Storage;

namespace Droptune.Functions.Tests.Evaluation;

[Collection(nameof(LoopHost))]
public class EvaluationReportTests(LocalHostFixture host)
{
    [Fact]
    public async Task GetEvaluation_Stored_AnswersTheReport()
    {
        var report = new EvaluationReport
        {
            Model = "e-report",
            Version = "0123456789ab",
            Task = TaskKind.TextClassification,
            Dataset = "e-report",
            DatasetVersion = "ba9876543210",
            At = DateTimeOffset.UnixEpoch,
            Splits = new Dictionary<Split, SplitEvaluation>
            {
                [Split.Dev] = new() { Examples = 2, MainScore = 0.5, Exact = 0.5, MillisecondsPerExample = 1, ErrorCount = 0, Errors = [], Outcomes = [] },
            },
        };
        await host.Get<DroptuneStorage>().Container(StorageNames.Reports).PutAsync(
            "e-report/0123456789ab/evaluation-19700101T000000Z.json", "application/json", BinaryData.FromString(report.ToJson()), TestContext.Current.CancellationToken);

        var answer = await host.Http.GetAsync("evaluations/e-report/0123456789ab/19700101T000000Z", TestContext.Current.CancellationToken).OkAsync();

        Assert.Equal(0.5, answer.GetProperty("splits").GetProperty("dev").GetProperty("mainScore").GetDouble());
    }

    [Fact]
    public async Task GetEvaluation_NotThere_IsAProblem() =>
        await host.Http.GetAsync("evaluations/e-report/0123456789ab/19710101T000000Z", TestContext.Current.CancellationToken).ProblemAsync(404, "unknown-evaluation");

    [Fact]
    public async Task OpenApi_ListsTheReport()
    {
        var document = await host.Http.GetAsync("openapi.json", TestContext.Current.CancellationToken).OkAsync();

        Assert.True(document.GetProperty("paths").TryGetProperty("/api/evaluations/{model}/{version}/{utc}", out _));
    }
}
