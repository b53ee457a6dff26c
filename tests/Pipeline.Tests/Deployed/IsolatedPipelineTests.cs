using Droptune.Pipeline.Tests.Learning;

namespace Droptune.Pipeline.Tests.Deployed;

/// <summary>The way from a drop to a prediction, on what Azure gets.</summary>
public sealed class IsolatedPipelineTests(IsolatedApp app) : DropToPredictionTests(app), IClassFixture<IsolatedApp>;
