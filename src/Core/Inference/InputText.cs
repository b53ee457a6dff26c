using Droptune.Core.Inference.Onnx;
using Droptune.Core.Text;

namespace Droptune.Core.Inference;

/// <summary>An input in pieces, its windows, and room for the model's answer.</summary>
internal sealed class InputText
{
    public InputText(PredictInput input, TokenizedText text, int maxLength, int tags, int textLabels)
    {
        (Input, Text) = (input, text);
        UnitLogits = new float[text.Units.Length * tags];
        Windows = [.. Core.Text.Windows.Split(text, maxLength)
            .Select(window => new WaitingWindow(text, window, UnitLogits, new float[textLabels]))];
    }

    public PredictInput Input { get; }

    public TokenizedText Text { get; }

    public IReadOnlyList<WaitingWindow> Windows { get; }

    /// <summary>Units × tags, gathered from the windows that own them: an entity on a seam is decoded as one.</summary>
    public float[] UnitLogits { get; }

    /// <summary>
    /// The probability of each of several labels: the largest over the windows. A label holds where some part of a text shows it; in
    /// the mean a long text would lose what it says once.
    /// </summary>
    public float[] LabelProbabilities()
    {
        var most = new float[Windows[0].TextLogits.Length];
        foreach (var window in Windows)
        {
            for (var label = 0; label < most.Length; label++)
            {
                most[label] = Math.Max(most[label], Sigmoid(window.TextLogits[label]));
            }
        }

        return most;

        static float Sigmoid(float logit) => 1 / (1 + MathF.Exp(-logit));
    }

    /// <summary>The probability of each text label, of which one holds: the mean over the windows, each with the weight of its pieces.</summary>
    public float[] TextProbabilities()
    {
        var mean = new float[Windows[0].TextLogits.Length];
        var total = Windows.Sum(window => window.Length);
        foreach (var window in Windows)
        {
            var probabilities = Softmax.Of(window.TextLogits);
            for (var label = 0; label < mean.Length; label++)
            {
                mean[label] += probabilities[label] * window.Length / total;
            }
        }

        return mean;
    }
}
