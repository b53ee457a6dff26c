using System.Diagnostics;
using Droptune.Core.Telemetry;

namespace Droptune.Core.Tests.Telemetry;

public sealed class TracingTests : IDisposable
{
    private readonly ActivityListener _listener = new()
    {
        ShouldListenTo = source => source.Name == Tracing.Source,
        Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
    };

    public TracingTests() => ActivitySource.AddActivityListener(_listener);

    public void Dispose() => _listener.Dispose();

    [Fact]
    public void Start_TraceContextOfAMessage_ContinuesTheSendersTrace()
    {
        string? message;
        ActivityTraceId trace;
        using (var sender = Tracing.Start("ingest"))
        {
            (message, trace) = (sender!.Id, sender.TraceId);
        }

        using var receiver = Tracing.Start("validate", message, ("dataset", "support"));

        Assert.Equal(trace, receiver!.TraceId);
        Assert.Equal("support", receiver.GetTagItem("dataset"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no trace context")]
    public void Start_NoTraceContext_BeginsATrace(string? traceparent)
    {
        using var span = Tracing.Start("train", traceparent);

        Assert.Equal(default, span!.ParentSpanId);
    }

    [Fact]
    public async Task RunAsync_WorkThrows_IsAnError()
    {
        using var span = Tracing.Start("ingest");

        await Assert.ThrowsAsync<IOException>(() => span.RunAsync(() => throw new IOException("The disk is full.")));

        Assert.Equal((ActivityStatusCode.Error, "The disk is full."), (span!.Status, span.StatusDescription));
    }

    [Fact]
    public async Task RunAsync_WorkIsStopped_IsNoError()
    {
        using var span = Tracing.Start("ingest");

        await Assert.ThrowsAsync<OperationCanceledException>(() => span.RunAsync(() => throw new OperationCanceledException()));

        Assert.Equal(ActivityStatusCode.Unset, span!.Status);
    }

    [Fact]
    public void StartPrediction_ModelOfATrace_LinksToItInATraceOfItsOwn()
    {
        const string Training = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

        using var span = Tracing.StartPrediction(Training, ("model", "support"));

        Assert.Equal("0af7651916cd43dd8448eb211c80319c", Assert.Single(span!.Links).Context.TraceId.ToString());
        Assert.NotEqual("0af7651916cd43dd8448eb211c80319c", span.TraceId.ToString());
    }
}
