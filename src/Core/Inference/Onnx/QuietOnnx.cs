using Microsoft.ML.OnnxRuntime;

namespace Droptune.Core.Inference.Onnx;

/// <summary>ONNX Runtime as every part of the product uses it: it logs errors only, and keeps and sends no figures on its use.</summary>
public static class QuietOnnx
{
    /// <summary>Loads the library if it is not there yet.</summary>
    public static SessionOptions Options()
    {
        OrtEnv.Instance().DisableTelemetryEvents();
        return new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
    }
}
