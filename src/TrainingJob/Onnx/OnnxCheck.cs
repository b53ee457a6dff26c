using Droptune.Core.Inference.Onnx;
using Droptune.TrainingJob.Model;
using Droptune.TrainingJob.Training.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace Droptune.TrainingJob.Onnx;

/// <summary>Compares the exported model with the trained one on real rows: what is served must be what was measured.</summary>
public sealed record OnnxCheck(int Rows, double LargestDifference)
{
    public const double Tolerance = 1e-4;

    private const int MostRows = 64;
    private const int BatchTokens = 1024;

    /// <summary>The largest absolute difference of logits, on up to 64 rows of a split in padded batches.</summary>
    /// <exception cref="InvalidOperationException">It is not below <see cref="Tolerance"/>.</exception>
    public static OnnxCheck Run(string path, BertModel model, EncodedSplit split, int padId, Device device) => OnnxThread.Run(() =>
    {
        using var options = QuietOnnx.Options();
        using var session = new InferenceSession(path, options);
        var (rows, largest) = (0, 0.0);
        foreach (var sequences in BatchPlan.Of(split, BatchTokens, new Random(0)).TakeWhile(_ => rows < MostRows))
        {
            var batch = new Batch(split, sequences, padId);
            largest = Math.Max(largest, Difference(session, model, batch, device));
            rows += batch.Rows;
        }

        return largest < Tolerance ? new OnnxCheck(rows, largest) : throw new InvalidOperationException(
            $"The exported model gives other logits than the trained one: they differ by up to {largest:g3} on {rows} rows, allowed is {Tolerance:g1}");
    });

    private static double Difference(InferenceSession session, BertModel model, Batch batch, Device device)
    {
        using var scope = NewDisposeScope();
        using var withoutGradient = no_grad();
        var logits = model.Heads(model.Encode(model.Embed(batch.IdTensor(device)), batch.Mask(device)));

        using var outputs = session.Run([
            NamedOnnxValue.CreateFromTensor("input_ids", Matrix((row, i) => batch.Ids[(row * batch.Width) + i])),
            NamedOnnxValue.CreateFromTensor("attention_mask", Matrix((row, i) => i < batch.Lengths[row] ? 1 : 0)),
        ]);
        var byName = outputs.ToDictionary(output => output.Name, output => output.AsTensor<float>());

        var (tags, texts) = logits switch
        {
            { Tags: { } t, Text: { } x } => (Far(t, byName["logits"]), Far(x, byName["text_logits"])),
            { Tags: { } t } => (Far(t, byName["logits"]), 0),
            _ => (0, Far(logits.Text!, byName["logits"])),
        };
        return Math.Max(tags, texts);

        DenseTensor<long> Matrix(Func<int, int, long> value)
        {
            var matrix = new DenseTensor<long>([batch.Rows, batch.Width]);
            for (var row = 0; row < batch.Rows; row++)
            {
                for (var i = 0; i < batch.Width; i++)
                {
                    matrix[row, i] = value(row, i);
                }
            }

            return matrix;
        }

        double Far(Tensor trained, Microsoft.ML.OnnxRuntime.Tensors.Tensor<float> exported)
        {
            var expected = trained.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
            var actual = exported.ToArray();
            var width = expected.Length / batch.Rows;
            var far = 0.0;
            for (var row = 0; row < batch.Rows; row++)
            {
                var meaningful = trained.dim() == 3 ? width / batch.Width * batch.Lengths[row] : width; // not at padding
                for (var i = row * width; i < (row * width) + meaningful; i++)
                {
                    far = Math.Max(far, float.IsFinite(actual[i]) ? Math.Abs(expected[i] - actual[i]) : double.PositiveInfinity);
                }
            }

            return far;
        }
    }
}
