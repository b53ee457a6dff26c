using Droptune.Core.Runs;

namespace Droptune.Core.Tests.Runs;

public class RunProgressTextTests
{
    [Fact]
    public void Line_InTraining_ShowsEverythingThatIsKnown()
    {
        var progress = new RunProgress
        {
            Stage = RunStage.Training,
            Epoch = 13,
            Epochs = 20,
            Step = 614,
            Steps = 1000,
            Loss = 0.26038,
            DevMetric = new("accuracy", 0.78412),
            TokensPerSecond = 15_714.4,
            Eta = TimeSpan.FromSeconds(42),
        };

        var line = RunProgressText.Line(progress);

        Assert.Equal("training epoch 13/20 ████████████░░░░░░░░  61 % · loss 0.2604 · dev accuracy 0.7841 · 15,714 tokens/s · 0:42 left", line);
    }

    [Fact]
    public void Line_NothingToCount_IsTheStageWithItsNote()
    {
        Assert.Equal("preparing", RunProgressText.Line(new() { Stage = RunStage.Preparing }));
        Assert.Equal("searching · trial 3 of 8", RunProgressText.Line(new() { Stage = RunStage.Searching, Note = "trial 3 of 8" }));
    }

    [Theory]
    [InlineData(0, "░░░░░░░░░░░░░░░░░░░░   0 %")]
    [InlineData(100, "████████████████████ 100 %")]
    [InlineData(105, "████████████████████ 100 %")] // epochs vary by a few steps
    public void Line_AtTheEdges_KeepsTheBarsWidth(int step, string bar) =>
        Assert.Equal($"training epoch 1/1 {bar}", RunProgressText.Line(new() { Stage = RunStage.Training, Epoch = 1, Epochs = 1, Step = step, Steps = 100 }));

    [Theory]
    [InlineData("00:00:05", "0:05")]
    [InlineData("00:12:30", "12:30")]
    [InlineData("01:02:03", "1:02:03")]
    [InlineData("1.01:02:03", "25:02:03")]
    public void Duration_ShortToLong_IsInMinutesOrHours(string time, string text) => Assert.Equal(text, RunProgressText.Duration(TimeSpan.Parse(time, null)));
}
