using System.Runtime.InteropServices;
using Google.Protobuf;
using Tensor = Droptune.TrainingJob.Onnx.TensorProto.Types.Type;

namespace Droptune.TrainingJob.Onnx;

/// <summary>Puts an ONNX graph together node by node; a value is known by its name.</summary>
internal sealed class GraphBuilder(string name)
{
    /// <summary>Domain of ONNX Runtime's own operators.</summary>
    public const string Microsoft = "com.microsoft";

    private readonly GraphProto _graph = new() { Name = name };
    private readonly HashSet<string> _weights = [];
    private readonly Dictionary<string, int> _uses = [];
    private readonly Dictionary<string, string> _shared = [];

    public string Input(string name, Tensor type, params ReadOnlySpan<object> dimensions)
    {
        _graph.Input.Add(Value(name, type, dimensions));
        return name;
    }

    /// <summary>Makes <paramref name="value"/> an output of the model under the name <paramref name="name"/>.</summary>
    public void Output(string name, string value, Tensor type, params ReadOnlySpan<object> dimensions)
    {
        var node = _graph.Node.Single(n => n.Output.Contains(value));
        node.Output[node.Output.IndexOf(value)] = name;
        _graph.Output.Add(Value(name, type, dimensions));
    }

    /// <summary>A constant; the second call with the same name adds nothing.</summary>
    public string Weight<T>(string name, ReadOnlySpan<long> shape, ReadOnlySpan<T> data) where T : unmanaged
    {
        if (_weights.Add(name))
        {
            var tensor = new TensorProto
            {
                Name = name,
                DataType = TypeOf<T>(),
                RawData = UnsafeByteOperations.UnsafeWrap(MemoryMarshal.AsBytes(data).ToArray()),
            };
            tensor.Dims.AddRange(shape);
            _graph.Initializer.Add(tensor);
        }

        return name;
    }

    public string Scalar<T>(string name, T value) where T : unmanaged => Weight<T>(name, [], [value]);

    /// <summary>Adds an operator of the standard and returns the name of its output.</summary>
    public string Add(string op, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        AddNode(op, domain: "", inputs, attributes);

    /// <summary>As <see cref="Add"/>, but an operator with the same inputs is shared, not repeated.</summary>
    public string AddOnce(string op, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes)
    {
        var key = $"{op}({string.Join(", ", inputs.ToArray())})";
        if (!_shared.TryGetValue(key, out var output))
        {
            output = _shared[key] = Add(op, inputs, attributes);
        }

        return output;
    }

    /// <summary>Adds one of ONNX Runtime's operators and returns the name of its output.</summary>
    public string AddFused(string op, ReadOnlySpan<string> inputs, params ReadOnlySpan<AttributeProto> attributes) =>
        AddNode(op, Microsoft, inputs, attributes);

    public ModelProto ToModel()
    {
        // Operator set 21 is the first that quantises by row; the file format's version 10 came with it.
        var model = new ModelProto { IrVersion = 10, ProducerName = "droptune", Graph = _graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 21 });
        if (_graph.Node.Any(n => n.Domain == Microsoft))
        {
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = Microsoft, Version = 1 });
        }

        return model;
    }

    public static AttributeProto Int(string name, long value) => new() { Name = name, I = value, Type = AttributeProto.Types.Type.Int };

    public static AttributeProto Text(string name, string value) =>
        new() { Name = name, S = ByteString.CopyFromUtf8(value), Type = AttributeProto.Types.Type.String };

    public static AttributeProto Float(string name, double value) =>
        new() { Name = name, F = (float)value, Type = AttributeProto.Types.Type.Float };

    public static AttributeProto Ints(string name, params ReadOnlySpan<long> values)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.Type.Ints };
        attribute.Ints.AddRange(values);
        return attribute;
    }

    private string AddNode(string op, string domain, ReadOnlySpan<string> inputs, ReadOnlySpan<AttributeProto> attributes)
    {
        var count = _uses[op] = _uses.GetValueOrDefault(op) + 1;
        var node = new NodeProto { Name = $"{op}_{count}", OpType = op, Domain = domain, Output = { $"{op}_{count}" } };
        node.Input.AddRange(inputs);
        node.Attribute.AddRange(attributes);
        _graph.Node.Add(node);
        return node.Output[0];
    }

    private static ValueInfoProto Value(string name, Tensor type, ReadOnlySpan<object> dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (var dimension in dimensions)
        {
            shape.Dim.Add(dimension is string symbol
                ? new TensorShapeProto.Types.Dimension { DimParam = symbol }
                : new TensorShapeProto.Types.Dimension { DimValue = Convert.ToInt64(dimension, null) });
        }

        return new() { Name = name, Type = new() { TensorType = new() { ElemType = type, Shape = shape } } };
    }

    private static Tensor TypeOf<T>() => default(T) switch
    {
        float => Tensor.Float,
        byte => Tensor.Uint8,
        sbyte => Tensor.Int8,
        int => Tensor.Int32,
        long => Tensor.Int64,
        _ => throw new NotSupportedException($"No ONNX tensor of {typeof(T)}"),
    };
}
