namespace Droptune.TrainingJob.Onnx;

/// <summary>Parameters by their Hugging Face name, in the layouts that ONNX operators take.</summary>
internal sealed class BertParameters(IReadOnlyDictionary<string, (long[] Shape, float[] Data)> parameters)
{
    /// <summary>The values of a parameter that must have the given shape.</summary>
    public float[] Get(string name, params ReadOnlySpan<long> shape)
    {
        if (!parameters.TryGetValue(name, out var parameter))
        {
            throw new InvalidDataException($"The model has no parameter '{name}'");
        }

        if (!shape.SequenceEqual(parameter.Shape))
        {
            throw new InvalidDataException(
                $"Parameter '{name}' has shape [{string.Join(", ", parameter.Shape)}], expected [{string.Join(", ", shape.ToArray())}]");
        }

        return parameter.Data;
    }

    /// <summary>
    /// The weights of linear layers that read the same input, side by side as one matrix (inputs, outputs): PyTorch keeps
    /// each as (outputs, inputs).
    /// </summary>
    public float[] Columns(int inputs, int outputs, params ReadOnlySpan<string> names)
    {
        var width = outputs * names.Length;
        var matrix = new float[inputs * width];
        for (var n = 0; n < names.Length; n++)
        {
            var weight = Get(names[n], outputs, inputs);
            for (var o = 0; o < outputs; o++)
            {
                for (var i = 0; i < inputs; i++)
                {
                    matrix[(i * width) + (n * outputs) + o] = weight[(o * inputs) + i];
                }
            }
        }

        return matrix;
    }

    /// <summary>Biases of <see cref="Columns"/>, one after the other.</summary>
    public float[] Joined(int outputs, params ReadOnlySpan<string> names)
    {
        var joined = new List<float>(outputs * names.Length);
        foreach (var name in names)
        {
            joined.AddRange(Get(name, outputs));
        }

        return [.. joined];
    }
}
