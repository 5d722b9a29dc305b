using NixSharp.Flakes.Logs;
using NixSharp.Testing;
using Xunit;

namespace NixSharp.Core.Tests.Flakes;

public sealed class NixActivitiesTests
{
    private const string Derivation = "/nix/store/12kany1yahrfw9jyh1wsk166j2hgm5by-phases-1.0.drv";

    private readonly NixActivities _activities = new();

    [Fact]
    public void A_build_runs_with_its_phase_and_its_last_line_until_it_stops()
    {
        Add($$"""{"action":"start","id":7,"level":3,"type":105,"text":"building '{{Derivation}}'","fields":["{{Derivation}}","ssh://builder",1,1],"parent":3}""");
        Add("""{"action":"result","id":7,"type":104,"fields":["buildPhase"]}""");
        Add("""{"action":"result","id":7,"type":101,"fields":["\u001b[1mcompiling\u001b[0m"]}""");
        var build = Assert.Single(_activities.GetRunning());
        Assert.Equal((NixActivityType.Build, Derivation, "ssh://builder", "buildPhase", "compiling", 3UL), (build.Type, build.Subject, build.Place, build.Phase, build.LastLine, build.Parent));
        Add("""{"action":"stop","id":7}""");
        Assert.Empty(_activities.GetRunning());
    }

    [Fact]
    public void Builds_and_copies_are_counted_as_Nix_counts_them()
    {
        Add("""{"action":"start","id":1,"level":0,"type":104,"text":""}""");
        Add("""{"action":"start","id":2,"level":0,"type":103,"text":""}""");
        Add("""{"action":"result","id":1,"type":105,"fields":[1,4,2,1]}""");
        Add("""{"action":"result","id":2,"type":105,"fields":[5,6,1,0]}""");
        Assert.Equal(new NixActivityCount(1, 4, 2, 1), _activities.Builds);
        Assert.Equal(new NixActivityCount(5, 6, 1, 0), _activities.Copies);
    }

    [Fact]
    public void Downloads_add_up_over_files_that_are_there_and_files_to_come()
    {
        Add("""{"action":"result","id":9,"type":106,"fields":[101,5000]}""");
        Add("""{"action":"start","id":9,"level":0,"type":102,"text":""}""");
        Add("""{"action":"result","id":9,"type":106,"fields":[101,5000]}""");
        foreach (var id in (int[])[10, 11])
        {
            Add($$"""{"action":"start","id":{{id}},"level":3,"type":101,"text":"","fields":["https://cache.example.org/{{id}}"]}""");
            Add($$"""{"action":"result","id":{{id}},"type":105,"fields":[600,1000,0,0]}""");
        }

        Assert.Equal((1200, 5000), _activities.Downloads);
        Add("""{"action":"stop","id":10}""");
        Assert.Equal((1200, 5000), _activities.Downloads);
    }

    [Fact]
    public void What_makes_no_sense_changes_nothing()
    {
        Add("""{"action":"start","id":1,"level":0,"type":104,"text":""}""");
        Add("""{"action":"result","id":1,"type":105,"fields":["a","b","c","d"]}""");
        Add("""{"action":"result","id":1,"type":101,"fields":[1]}""");
        Add("""{"action":"result","id":2,"type":101,"fields":["of nothing that runs"]}""");
        Add("""{"action":"stop","id":2}""");
        Assert.Equal(default, _activities.Builds);
        Assert.Null(Assert.Single(_activities.GetRunning()).LastLine);
    }

    [RequiresFact(Requirements.Golden)]
    public void After_a_whole_run_of_Nix_nothing_runs()
    {
        foreach (var file in Directory.GetFiles(GoldenData.PathOf("generated-nix-2.8.0/internal-json"), "*.stderr"))
        {
            var activities = new NixActivities();
            foreach (var line in File.ReadLines(file))
            {
                if (NixLogLine.TryParse(line, out var parsed))
                {
                    activities.Add(parsed);
                }
            }

            Assert.True(activities.GetRunning().Count == 0, file);
        }
    }

    private void Add(string json)
    {
        Assert.True(NixLogLine.TryParse("@nix " + json, out var line), json);
        _activities.Add(line);
    }
}
