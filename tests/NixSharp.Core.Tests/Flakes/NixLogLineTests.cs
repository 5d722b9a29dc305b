using NixSharp.Flakes.Logs;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Flakes;

public sealed class NixLogLineTests
{
    [RequiresFact(Requirements.Golden)]
    public void Every_line_that_Nix_printed_is_read_and_speaks_of_activities_that_began()
    {
        var files = Directory.GetFiles(GoldenData.PathOf("generated-nix-2.8.0/internal-json"), "*.stderr");
        Assert.Equal(14, files.Length);
        foreach (var file in files)
        {
            var started = new HashSet<ulong>();
            foreach (var line in File.ReadLines(file).Where(static line => line.StartsWith("@nix", StringComparison.Ordinal)))
            {
                Assert.True(NixLogLine.TryParse(line, out var parsed), line);
                switch (parsed)
                {
                    case NixLogLine.Start start:
                        Assert.True(started.Add(start.Id), line);
                        break;
                    case NixLogLine.Stop stop:
                        Assert.Contains(stop.Id, started);
                        break;
                    case NixLogLine.Result result:
                        Assert.Contains(result.Id, started);
                        break;
                }
            }
        }
    }

    [RequiresFact(Requirements.Golden)]
    public void What_a_build_prints_comes_as_results_of_its_activity()
    {
        var lines = File.ReadLines(GoldenData.PathOf("generated-nix-2.8.0/internal-json/nix-build-fail.stderr"))
            .Select(static line => NixLogLine.TryParse(line, out var parsed) ? parsed : null).ToList();
        var build = lines.OfType<NixLogLine.Start>().Single(static start => start.Type == NixActivityType.Build);
        Assert.EndsWith("-fail.drv", (string)build.Fields[0], StringComparison.Ordinal);
        Assert.Contains(lines.OfType<NixLogLine.Result>(), result => result.Id == build.Id && result.Type == NixResultType.BuildLogLine);
        Assert.Contains(lines.OfType<NixLogLine.Message>(), static message => message.Level == NixLogLevel.Error);
    }

    [Theory]
    [InlineData("""@nix {"action":"start","id":1,"type":999,"level":3,"text":"x","parent":7,"new":{"a":1}}""", true)]
    [InlineData("""@nix {"action":"result","id":1,"type":999,"fields":["a",1,2.5]}""", true)]
    [InlineData("""@nix {"action":"result","id":1,"type":101,"fields":[[]]}""", false)]
    [InlineData("""@nix {"action":"dance"}""", false)]
    [InlineData("""@nix {"action":"stop","id":-1}""", false)]
    [InlineData("""@nix {"action":"start","id":1,"type":99999999999}""", false)]
    [InlineData("@nix [", false)]
    [InlineData("@nix", false)]
    [InlineData("building", false)]
    public void Unknown_types_and_keys_do_not_fail_and_other_lines_are_left_alone(string line, bool expected) =>
        Assert.Equal(expected, NixLogLine.TryParse(line, out _));
}
