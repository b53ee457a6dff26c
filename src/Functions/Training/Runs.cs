using System.Diagnostics;
using Droptune.Functions.Http;

namespace Droptune.Functions.Training;

/// <summary>Starts, shows and cancels training runs.</summary>
public sealed class Runs(RunStore runs, RunRequests requests, Answers answers, ILogger<Runs> logger)
{
    [Function("StartRun")]
    public Task<IActionResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "runs")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForChangeAsync(request, async () =>
        {
            var body = await RequestBody.ReadAsync<RunRequest>(request, cancellationToken);
            var spec = await requests.ToSpecAsync(body, cancellationToken);
            var run = await runs.QueueAsync(spec with { Traceparent = Activity.Current?.Id }, cancellationToken);
            logger.LogInformation("Run {RunId} of model {Model} is {State}, by request", run.RunId, run.Model, run.State);
            var status = run.State == RunState.Queued ? StatusCodes.Status202Accepted : StatusCodes.Status200OK;
            return new JsonAnswer(Shown(run), status) { Location = $"/api/runs/{run.RunId}" };
        });

    [Function("ListRuns")]
    public Task<IActionResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs")] HttpRequest request, CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
        {
            RunState? state = request.Parameter("state") switch
            {
                null => null,
                var text when Enum.TryParse<RunState>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) => value,
                var text => throw new ProblemException(
                    ProblemKinds.InvalidParameter, $"state is '{text}': give one of {string.Join(", ", Enum.GetNames<RunState>())}."),
            };
            var after = request.Parameter("after") is { } last
                ? await FindAsync(last, cancellationToken)
                : null;
            var query = new RunQuery(request.Parameter("model"), state, after, request.Limit());
            return (await runs.ListAsync(query, cancellationToken)).Select(run => Shown(run) with { Curve = null }).ToList();
        });

    [Function("GetRun")]
    public Task<IActionResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "runs/{runId}")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () => Shown(await FindAsync(runId, cancellationToken)));

    [Function("CancelRun")]
    public Task<IActionResult> CancelAsync(
        [HttpTrigger(AuthorizationLevel.Function, "delete", Route = "runs/{runId}")] HttpRequest request,
        string runId,
        CancellationToken cancellationToken) =>
        answers.ForChangeAsync(request, async () =>
        {
            await FindAsync(runId, cancellationToken);
            var run = await runs.CancelAsync(runId, cancellationToken);
            if (run!.State != RunState.Cancelled)
            {
                throw new ProblemException(ProblemKinds.RunIsOver, run.State == RunState.Running
                    ? $"Run '{runId}' is trained and publishes its model: it can be cancelled no more."
                    : $"Run '{runId}' has {run.State.ToString().ToLowerInvariant()} already.");
            }

            logger.LogInformation("Run {RunId} of model {Model} is cancelled, by request", run.RunId, run.Model);
            return Shown(run);
        });

    private async Task<RunRecord> FindAsync(string runId, CancellationToken cancellationToken) =>
        (ResourceName.IsValid(runId) ? await runs.FindAsync(runId, cancellationToken) : null)
        ?? throw new ProblemException(ProblemKinds.UnknownRun, $"There is no run '{runId}'; GET /api/runs lists them.");

    // Whose request it was is for the traces.
    private static RunRecord Shown(RunRecord run) => run with { Spec = run.Spec with { Traceparent = null } };
}
