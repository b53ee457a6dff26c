
namespace Droptune.Core;

/// <summary>The files of a model's folder, the same in the container <c>models</c> and on disk.</summary>
public static class ModelFileNames
{
    /// <summary>The ONNX file in 32-bit floats.</summary>
    public const string Onnx = "model.onnx";

    /// <summary>The ONNX file with 8-bit weights, served where it is as good on dev.</summary>
    public const string Int8Onnx = "model.int8.onnx";

    /// <summary>The weights in Hugging Face's names.</summary>
    public const string Weights = "model.safetensors";

    public const string Config = "config.json";
    public const string Vocabulary = "vocab.txt";
    public const string Tokenizer = "tokenizer.json";
    public const string TokenizerConfig = "tokenizer_config.json";

    /// <summary>How the model was trained.</summary>
    public const string Training = "training.json";

    /// <summary>Its loss and scores by epoch, drawn.</summary>
    public const string TrainingCurves = "training.svg";

    /// <summary>Its scores when it was trained.</summary>
    public const string Evaluation = "evaluation.json";

    /// <summary>What stands for its answers to what it was trained on, where no example was held back.</summary>
    public const string OutOfFold = "out-of-fold.json";

    /// <summary>The model card.</summary>
    public const string Card = "README.md";

    /// <summary>The text of its licence, if somebody has put it there.</summary>
    public const string Licence = "LICENSE";

    /// <summary>The works that the base model was made of, if it lists them.</summary>
    public const string Notice = "NOTICE.md";
}
