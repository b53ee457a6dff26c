using Droptune.Core.Evaluation;
using Droptune.Core.Inference;

namespace Droptune.TrainingJob.Onnx;

/// <summary>Decides which ONNX file of a model folder is served: int8 where it is as good on dev, else 32-bit.</summary>
public static class ServedFile
{
    /// <summary>
    /// Writes <c>model.int8.onnx</c> beside <c>model.onnx</c>, evaluates both on dev as they are served, and records the choice in
    /// <c>config.json</c> and the figures in <c>evaluation.json</c>.
    /// </summary>
    /// <param name="made">The model, without its int8 file.</param>
    /// <param name="dev">What both are evaluated on.</param>
    /// <param name="clock">Measures.</param>
    /// <param name="outOfFold">By file, what stands for their answers; those of the one that is served are written into the folder. Null = their own do.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ServedFileChoice> ChooseAsync(
        ModelFolder made,
        IReadOnlyList<Example> dev,
        TimeProvider clock,
        IReadOnlyDictionary<string, OutOfFoldAnswers>? outOfFold = null,
        CancellationToken cancellationToken = default)
    {
        var folder = made.Path;
        var config = ModelConfig.Load(folder);
        made.WriteInt8();
        var full = await EvaluateAsync(ModelFileNames.Onnx);
        var int8 = await EvaluateAsync(ModelFileNames.Int8Onnx);
        var gate = Int8Gate.Decide(full, int8);

        var evaluation = new ServedFileChoice
        {
            Served = gate.Passed ? ModelFileNames.Int8Onnx : ModelFileNames.Onnx,
            Dev = new() { [ModelFileNames.Onnx] = full.Metrics(), [ModelFileNames.Int8Onnx] = int8.Metrics() },
            Int8Gate = gate,
        };
        (config with { Droptune = (config.Droptune ?? new() { Task = config.Task }) with { ServedFile = evaluation.Served } }).Save(folder);
        outOfFold?[evaluation.Served].Save(folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, ModelFileNames.Evaluation), JsonSerializer.Serialize(evaluation, DroptuneJson.Readable), cancellationToken);
        return evaluation;

        async Task<SplitEvaluation> EvaluateAsync(string file)
        {
            using var model = ServedModel.Load(folder, file: file);
            PredictBatch predict = outOfFold is null ? model.PredictAsync : (inputs, stop) => outOfFold[file].AnswerAsync(inputs, model.PredictAsync, stop);
            return await new Evaluator(predict, config.Task, clock).EvaluateAsync(dev, cancellationToken);
        }
    }
}

/// <summary><c>evaluation.json</c> of a model folder: the scores of both files on dev, and which one is served.</summary>
public sealed record ServedFileChoice
{
    /// <summary>The ONNX file that is served.</summary>
    public required string Served { get; init; }

    /// <summary>Scores by file and name.</summary>
    public required Dictionary<string, Dictionary<string, double>> Dev { get; init; }

    public required Int8Gate Int8Gate { get; init; }
}
