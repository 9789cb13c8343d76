"""Commitment: doing what was promised also when it has become inconvenient.

Peter Psichogios, "Personalization Principle #4: Commitment". He sets commitment apart from interest with a runner:
the interested one stays in bed when it rains, the committed one puts on rain gear and runs. It is owed to the team,
the company, its vision, the values that are to be lived on uncomfortable days too, and to every promise made. Without
it, he writes, authenticity, hospitality, empathy, ability and fun have no effect. So it is measured by what
happens to promises, above all on the days when keeping them is hardest.
"""
