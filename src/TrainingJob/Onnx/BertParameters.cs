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

    /// <summary>The weight of a linear layer as (inputs, outputs): PyTorch keeps it the other way round.</summary>
    public float[] Transposed(string name, int inputs, int outputs)
    {
        var weight = Get(name, outputs, inputs);
        var transposed = new float[weight.Length];
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                transposed[(i * outputs) + o] = weight[(o * inputs) + i];
            }
        }

        return transposed;
    }
}
