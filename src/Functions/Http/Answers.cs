using System.Diagnostics;
using Droptune.Core.Inference.Batching;

namespace Droptune.Functions.Http;

/// <summary>Turns what an HTTP function returns or throws into an answer.</summary>
public sealed class Answers(ILogger<Answers> logger)
{
    /// <summary>The same for a request that changes something: it must not come from a web page of another origin.</summary>
    public Task<IActionResult> ForChangeAsync(HttpRequest request, Func<Task<object>> change) => ForAsync(request, () =>
    {
        RequestOrigin.RequireOwn(request);
        return change();
    });

    public async Task<IActionResult> ForAsync(HttpRequest request, Func<Task<object>> action)
    {
        try
        {
            RequestParameters.RequireKnown(request);
            var value = await action();
            return value as IActionResult ?? new JsonAnswer(value);
        }
        catch (ProblemException e)
        {
            var traceId = e.Kind.Status >= StatusCodes.Status500InternalServerError && e.InnerException is { } cause ? Logged(cause, request) : null;
            return Problem.Answer(e.Kind, e.Message, e.Place, e.Findings, traceId, takes: e.Takes);
        }
        catch (ModelBusyException e)
        {
            return Problem.Answer(ProblemKinds.Overloaded, "Too much is waiting already: try again in a moment.", retryAfter: e.RetryAfter);
        }
        catch (Exception) when (request.HttpContext.RequestAborted.IsCancellationRequested)
        {
            return new EmptyResult(); // nobody is there to read it
        }
        catch (BadHttpRequestException e)
        {
            return e.StatusCode switch
            {
                StatusCodes.Status413PayloadTooLarge => Problem.Answer(ProblemKinds.BodyTooLarge, RequestBody.TooLarge),
                StatusCodes.Status408RequestTimeout => Problem.Answer(ProblemKinds.SlowBody, e.Message),
                _ => Problem.Answer(ProblemKinds.InvalidJson, e.Message),
            };
        }
        catch (Exception e) when (StorageFailure.Is(e))
        {
            logger.LogWarning("{Method} {Path}: storage does not answer ({Reason})", request.Method, request.Path, StorageFailure.Reason(e));
            return Problem.Answer(ProblemKinds.StorageUnavailable, "Try again in a moment; /api/health says when storage answers again.");
        }
        catch (Exception e)
        {
            return Problem.Answer(ProblemKinds.Unexpected, "The log tells more under the trace id.", traceId: Logged(e, request));
        }
    }

    /// <summary>Logs what no caller should see; returns the id that its answer names.</summary>
    public string Logged(Exception error, HttpRequest request)
    {
        var traceId = Activity.Current?.TraceId.ToString() ?? request.HttpContext.TraceIdentifier;
        logger.LogError(error, "{Method} {Path} failed ({TraceId})", request.Method, request.Path, traceId);
        return traceId;
    }
}
