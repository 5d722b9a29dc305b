using System.Globalization;
using NixSharp.Flakes.Logs;

namespace NixSharp.Benchmarks.Comparisons;

internal static class LogComparisons
{
    private const int Lines = 1_000_000;

    /// <summary>Reads the log of a large build, and keeps count of what goes on.</summary>
    public static Task<Comparison> ReadAsync(Workshop shop)
    {
        var file = Workshop.FileOf("internal-json.log");
        if (!File.Exists(file))
        {
            Write(file);
        }

        return Task.FromResult(new Comparison(
            $"{Lines.ToString("N0", CultureInfo.InvariantCulture)} lines of internal-json",
            ["jq"],
            Contender.InProcess("NixLogLine and NixActivities", () => Task.FromResult(Read(file))),
            [new Contender("jq, which adds up the types", $"cut -c6- '{file}' | jq -n 'reduce inputs as $line (0; . + ($line.type // 0))'")]));
    }

    private static NixActivities Read(string file)
    {
        var activities = new NixActivities();
        foreach (var text in File.ReadLines(file))
        {
            if (NixLogLine.TryParse(text, out var line))
            {
                activities.Add(line);
            }
        }

        return activities;
    }

    private static void Write(string file)
    {
        using (var log = new StreamWriter(file + ".new"))
        {
            // A build begins, prints, is in phases, and ends.
            const int each = 100;
            for (var i = 0; i < Lines; i++)
            {
                var id = 1 + (i / each);
                log.WriteLine((i % each) switch
                {
                    0 => $$"""@nix {"action":"start","fields":["/nix/store/12kany1yahrfw9jyh1wsk166j2hgm5by-package{{id}}.drv","",1,1],"id":{{id}},"level":3,"parent":0,"text":"building '/nix/store/12kany1yahrfw9jyh1wsk166j2hgm5by-package{{id}}.drv'","type":105}""",
                    each - 1 => $$"""@nix {"action":"stop","id":{{id}}}""",
                    var n when n % 10 == 0 => $$"""@nix {"action":"result","fields":["phase{{n}}"],"id":{{id}},"type":104}""",
                    var n when n % 10 == 5 => $$"""@nix {"action":"result","fields":[{{n}},100,1,0],"id":{{id}},"type":105}""",
                    var n => $$"""@nix {"action":"result","fields":["[{{n}}%] \u001b[32mBuilding CXX object\u001b[0m src/CMakeFiles/app.dir/file{{n}}.cpp.o"],"id":{{id}},"type":101}""",
                });
            }
        }

        File.Move(file + ".new", file);
    }
}
