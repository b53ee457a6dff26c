using Droptune.Core.Inference;
using Droptune.Core.Text;
using Droptune.Functions.Http;
using Droptune.Functions.Monitoring;
using Droptune.Functions.Monitoring.Uncertain;

namespace Droptune.Functions.Serving;

/// <summary>Predicts labels and entities with the version that is served, or with the one that is asked for.</summary>
public sealed class Predict(ModelCache cache, ModelStore models, TrafficWatch traffic, UncertainTexts uncertain, Answers answers)
{
    private const int MaxInputs = 256;

    [ForCallers]
    [Function(nameof(Predict))]
    public Task<IActionResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "models/{model}/predict")] HttpRequest request,
        string model,
        CancellationToken cancellationToken) =>
        answers.ForAsync(request, async () =>
        {
            RequestParameters.RequireName(model);
            var body = await RequestBody.ReadAsync<PredictRequest>(request, cancellationToken);
            if (body.Inputs.Count is 0 or > MaxInputs)
            {
                throw body.Inputs.Count == 0
                    ? new ProblemException(ProblemKinds.InvalidValue, "inputs is empty.") { Place = new(null, null, "$.inputs") }
                    : new ProblemException(ProblemKinds.TooManyInputs, $"There are {body.Inputs.Count} inputs; a request may have {MaxInputs}.");
            }

            using var lease = await RentAsync(model, request.Parameter("version"), cancellationToken);
            using var span = Tracing.StartPrediction(lease.Model.Config.Droptune?.Traceparent, ("model", model), ("version", lease.Version));
            using var timer = Measures.Predicting(model, lease.Version);
            var predictions = await span.RunAsync(() => lease.Model.PredictAsync(body.Inputs, cancellationToken));
            traffic.Record(model, lease.Version, predictions);
            uncertain.Record(model, lease.Version, body.Inputs, predictions);
            return new PredictAnswer(model, lease.Version, body.StringIndexType == StringIndexType.UnicodeCodePoint
                ? [.. predictions.Zip(body.Inputs, (prediction, input) => input.Text is { } text ? prediction.InCodePoints(text) : prediction)]
                : predictions);
        });

    private async Task<ModelLease> RentAsync(string model, string? version, CancellationToken cancellationToken)
    {
        try
        {
            if ((version is null || ResourceName.IsValid(version)) && await cache.RentAsync(model, version, cancellationToken) is { } lease)
            {
                return lease;
            }
        }
        catch (Exception e) when (e is not OperationCanceledException && !StorageFailure.Is(e))
        {
            throw new ProblemException(ProblemKinds.ModelUnavailable, $"Model '{model}' cannot be loaded; the log tells why under the trace id.", e);
        }

        throw await models.FindAsync(model, cancellationToken) switch
        {
            null => ProblemException.UnknownModel(model),
            _ when version is not null =>
                ProblemException.UnknownVersion(model, version),
            _ => new ProblemException(
                ProblemKinds.NothingServed, $"Model '{model}' has no production version yet: promote one, or ask for one with ?version=."),
        };
    }
}

/// <summary>What to predict for.</summary>
public sealed record PredictRequest
{
    /// <summary>A text, or up to 256 texts and lists of words.</summary>
    [System.Text.Json.Serialization.JsonConverter(typeof(PredictInputsConverter))]
    public required IReadOnlyList<PredictInput> Inputs { get; init; }

    /// <summary>What start and end of entities count.</summary>
    public StringIndexType StringIndexType { get; init; }
}

/// <summary>One prediction an input, in their order.</summary>
public sealed record PredictAnswer(string Model, string Version, IReadOnlyList<Prediction> Predictions);
